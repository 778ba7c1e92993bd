// The words of the list of flows in the language of the page; only that one is loaded.
import { language } from "../language";
import type { FlowListWords } from "../words/en/flowlist";

export const words: FlowListWords =
  language === "de" ? (await import("../words/de/flowlist")).flowlist : (await import("../words/en/flowlist")).flowlist;
