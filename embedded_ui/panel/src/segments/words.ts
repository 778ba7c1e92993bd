// The words of the segments' pages, in the language of the page; only that one is loaded.
import { language } from "../language";
import type { SegmentWords } from "../words/en/segments";

export const words: SegmentWords =
  language === "de"
    ? (await import("../words/de/segments")).segments
    : (await import("../words/en/segments")).segments;
