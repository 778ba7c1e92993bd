// The words of the settings' form, in the language of the page.
import { language } from "../language";
import type { SettingsWords } from "../words/en/settings";

export const words: SettingsWords =
  language === "de" ? (await import("../words/de/settings")).settings : (await import("../words/en/settings")).settings;
