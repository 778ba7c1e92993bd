// The inspector's words, in the language of the page; only that one is loaded.
import { language } from "../language";
import type { InspectorWords } from "../words/en/inspector";

export const words: InspectorWords =
  language === "de"
    ? (await import("../words/de/inspector")).inspector
    : (await import("../words/en/inspector")).inspector;
