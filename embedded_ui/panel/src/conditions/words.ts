// The condition editor's words, in the language of the page; only that one is loaded.
import { language } from "../language";
import type { ConditionWords } from "../words/en/conditions";

export const words: ConditionWords =
  language === "de"
    ? (await import("../words/de/conditions")).conditions
    : (await import("../words/en/conditions")).conditions;
