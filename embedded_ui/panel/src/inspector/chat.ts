// What each chat channel takes of a message; `marketing/chat_limits.py` has the same, and a test compares them.
export type ChatLimits = { text: number; isBytes: boolean; replies: number; buttons: number; label: number; rows: number };

export const LIMITS: Record<string, ChatLimits> = {
  messenger: { text: 2000, isBytes: false, replies: 13, buttons: 3, label: 20, rows: 0 },
  instagram: { text: 1000, isBytes: true, replies: 13, buttons: 3, label: 20, rows: 0 },
  whatsapp: { text: 4096, isBytes: false, replies: 3, buttons: 1, label: 20, rows: 10 },
  webchat: { text: 4000, isBytes: false, replies: 13, buttons: 13, label: 40, rows: 0 },
};

export const chatsOf = (channels: string[]): string[] => channels.filter((one) => one in LIMITS);

/** Give the length of a text on the channel that takes the least of it, and how much that is. */
export function roomOf(text: string, channels: string[]): { channel: string; used: number; most: number } | null {
  const told = chatsOf(channels).map((channel) => {
    const { text: most, isBytes } = LIMITS[channel]!;
    return { channel, used: isBytes ? new TextEncoder().encode(text).length : [...text].length, most };
  });
  return told.sort((one, other) => one.most - one.used - (other.most - other.used))[0] ?? null;
}
