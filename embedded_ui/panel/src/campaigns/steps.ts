// The messages in a campaign's document: one mostly, several where it has variants.
import type { PanelCampaign } from "../types";

export type Message = {
  id: string;
  kind: string;
  channel?: string;
  channels?: string[];
  message_kind?: string;
  coupon?: string | null;
  template?: { subject?: string; preview?: string };
};

/** Find every message step, however deep in splits and branches it stands. */
export function messagesOf({ document }: Pick<PanelCampaign, "document">): Message[] {
  return [...messagesIn(document.steps)];
}

function* messagesIn(part: unknown): Generator<Message> {
  if (Array.isArray(part)) for (const one of part) yield* messagesIn(one);
  else if (part && typeof part === "object") {
    if ((part as Message).kind === "message") yield part as Message;
    else yield* messagesIn(Object.values(part));
  }
}

export const channelsOf = ({ channel, channels }: Message): string[] =>
  channels?.length ? channels : channel ? [channel] : [];
