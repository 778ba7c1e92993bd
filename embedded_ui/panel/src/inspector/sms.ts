// What a text message comes to; `marketing/sms.py` and `short_links.py` count the same way, and a test compares them.
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENDED = new Set("\f^{}\\[~]|€");

const FILLED_IN = /\{\{-?\s*[\w.[\]]*(?:url|links\.unsubscribe)\s*(?:\|[^{}]*)?-?\}\}/g;
const ADDRESS = /https?:\/\/[^\s<>"]+/gi;
const AFTER = /[.,;:!?'\u2019\u201c\u201d\u00bb]+$/;

export type Segments = { units: number; count: number; room: number; foreign: string[] };

/** Count the segments that a text is billed by; `foreign`: letters that make each of them shorter. */
export function segmentsOf(text: string): Segments {
  const letters = [...text];
  const foreign = [...new Set(letters.filter((one) => !BASIC.has(one) && !EXTENDED.has(one)))];
  const [alone, joined] = foreign.length ? [70, 67] : [160, 153];
  const sizes = letters.map((one) => (foreign.length ? one.length : EXTENDED.has(one) ? 2 : 1));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (units <= alone) return { units, count: units ? 1 : 0, room: alone, foreign };
  const count = packed(sizes, joined);
  return { units, count, room: count * joined, foreign };
}

/** Give a text with as many letters in place of each address as a short link has: it is sent with such. */
export function inShort(text: string, length: number): string {
  const standsIn = "x".repeat(length);
  return text.replace(FILLED_IN, standsIn).replace(ADDRESS, (found) => standsIn + found.slice(addressIn(found).length));
}

function addressIn(found: string): string {
  let address = found.replace(AFTER, "");
  const count = (letter: string) => address.split(letter).length;
  while (address.endsWith(")") && count(")") > count("(")) address = address.slice(0, -1).replace(AFTER, "");
  return address;
}

function packed(sizes: number[], room: number): number {
  let [count, left] = [1, room];
  for (const size of sizes) {
    if (size > left) [count, left] = [count + 1, room];
    left -= size;
  }
  return count;
}
