// The words of the customers' pages alone, in the language of the page.
import { language } from "../language";
import type { PersonWords } from "../words/en/person";

export const words: PersonWords =
  language === "de" ? (await import("../words/de/person")).person : (await import("../words/en/person")).person;
