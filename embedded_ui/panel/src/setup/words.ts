// The words of the set-up page alone, in the language of the page.
import { language } from "../language";
import type { SetUpWords } from "../words/en/setup";

export const words: SetUpWords =
  language === "de" ? (await import("../words/de/setup")).setup : (await import("../words/en/setup")).setup;
