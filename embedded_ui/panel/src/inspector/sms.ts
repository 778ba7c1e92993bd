// What a text message comes to; `marketing/sms.py`, `short_links.py` and `opt_out_line.py` count the same way: a test compares them.
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENDED = new Set("\f^{}\\[~]|€");

const FILLED_IN = /\{\{-?\s*[\w.[\]]*(?:url|links\.unsubscribe)\s*(?:\|[^{}]*)?-?\}\}/g;
const ADDRESS = /https?:\/\/[^\s<>"]+/gi;
const AFTER = /[.,;:!?'\u2019\u201c\u201d\u00bb]+$/;

const NAMES_STOP = /(?<![\p{L}\p{N}_-])STOP(?![\p{L}\p{N}_-])/u;
const FILLED_IN_NAME = /\{\{-?\s*store\.name(?![\p{L}\p{N}_])/u;
const MOST_OF_NAME = 40;

export type Frame = { text_names: string[]; text_line: string; text_line_length: number };
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

/** Give what stands before and after a marketing text at its longest: the store’s name, and how to stop it. */
export function frameOf(text: string, { text_names: names, text_line: line }: Frame): { before: string; after: string } {
  const said = text.replace(ADDRESS, " ");
  const isNamed = FILLED_IN_NAME.test(text) || names.some((name) => says(said, name));
  const before = names[0] && !isNamed ? `${[...names[0]].slice(0, MOST_OF_NAME).join("").trimEnd()}: ` : "";
  const after = NAMES_STOP.test(text) ? "" : `${text.includes("\n") ? "\n" : " "}${line}`;
  return { before, after };
}

/** Give a marketing text as long as it may be, in whatever language how to stop it is told. */
export function longest(text: string, frame: Frame): string {
  const { before, after } = frameOf(text, { ...frame, text_line: "x".repeat(frame.text_line_length) });
  return before + text + after;
}

function says(text: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`, "iu").test(text);
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
