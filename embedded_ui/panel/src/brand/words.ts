// The words of logo and colours, loaded with what shows them.
import { language } from "../language";
import type { BrandWords } from "../words/en/brand";

export const words: BrandWords =
  language === "de" ? (await import("../words/de/brand")).brand : (await import("../words/en/brand")).brand;
