// The words of the settings' channels, in the language of the page.
import { language } from "../language";
import type { ChannelWords } from "../words/en/channels";

export const words: ChannelWords =
  language === "de" ? (await import("../words/de/channels")).channels : (await import("../words/en/channels")).channels;
