// The words of the settings' further pages, in the language of the page.
import { language } from "../language";
import type { TeamWords } from "../words/en/team";

export const words: TeamWords =
  language === "de" ? (await import("../words/de/team")).team : (await import("../words/en/team")).team;
