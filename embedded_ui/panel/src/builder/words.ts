// The builder's words in the language of the page; only that one is loaded.
import { language } from "../language";
import type { BuilderWords } from "../words/en/builder";

export const words: BuilderWords =
  language === "de" ? (await import("../words/de/builder")).builder : (await import("../words/en/builder")).builder;
