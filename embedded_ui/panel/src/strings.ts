// The words that all pages share, in the language of the page; only that one is loaded.
// Words of one page alone are loaded with it: a file of this kind beside this one's folder `words`.
import { language } from "./language";
import type { Words } from "./words/en";

export const strings: Words =
  language === "de" ? (await import("./words/de")).de : (await import("./words/en")).en;
