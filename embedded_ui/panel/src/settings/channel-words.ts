// The words of the settings' channels, in the language of the page.
import { language } from "../language";
import type { ChannelWords } from "../words/en/channels";
import type { AccountWords, ChannelForm } from "./channel-forms";

export const words: ChannelWords =
  language === "de" ? (await import("../words/de/channels")).channels : (await import("../words/en/channels")).channels;

export const said = (form: ChannelForm): AccountWords => words[form.words ?? form.channel];
