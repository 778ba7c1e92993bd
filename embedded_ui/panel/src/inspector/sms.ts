// What a text message comes to; `marketing/sms.py` counts the same way, and a test compares them.
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENDED = new Set("\f^{}\\[~]|€");

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

function packed(sizes: number[], room: number): number {
  let [count, left] = [1, room];
  for (const size of sizes) {
    if (size > left) [count, left] = [count + 1, room];
    left -= size;
  }
  return count;
}
