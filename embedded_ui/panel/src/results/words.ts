// The words of the dashboard's results alone, in the language of the page.
import { language } from "../language";
import type { ResultWords } from "../words/en/results";

export const words: ResultWords =
  language === "de"
    ? (await import("../words/de/results")).results
    : (await import("../words/en/results")).results;
