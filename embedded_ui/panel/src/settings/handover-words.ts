// The words of how conversations are handed over, in the language of the page.
import { language } from "../language";
import type { HandoverWords } from "../words/en/handover";

export const words: HandoverWords =
  language === "de" ? (await import("../words/de/handover")).handover : (await import("../words/en/handover")).handover;
