// The words of the message editor alone, loaded with it.
import { language } from "../language";
import type { EditorWords } from "../words/en/editor";

export const words: EditorWords =
  language === "de" ? (await import("../words/de/editor")).editor : (await import("../words/en/editor")).editor;
