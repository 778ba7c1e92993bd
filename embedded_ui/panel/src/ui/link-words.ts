// What a link and its QR code say, in the language of the page; only that one is loaded.
import { language } from "../language";
import type { LinkWords } from "../words/en/links";

export const words: LinkWords =
  language === "de" ? (await import("../words/de/links")).links : (await import("../words/en/links")).links;
