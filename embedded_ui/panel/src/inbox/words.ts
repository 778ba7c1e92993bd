// The words of the inbox alone, in the language of the page.
import { language } from "../language";
import type { InboxWords } from "../words/en/inbox";

export const words: InboxWords =
  language === "de" ? (await import("../words/de/inbox")).inbox : (await import("../words/en/inbox")).inbox;
