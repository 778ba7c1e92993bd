// English plurals, as the browser knows them.
const plural = new Intl.PluralRules("en");
export const n = (count: number, one: string, other: string) =>
  plural.select(count) === "one" ? one : other;

const ORDINAL = new Intl.PluralRules("en", { type: "ordinal" });
const ENDINGS: Record<string, string> = { one: "st", two: "nd", few: "rd" };

/** Give a number's place in a row: 1st, 2nd, 11th. */
export const nth = (count: number) => `${count}${ENDINGS[ORDINAL.select(count)] ?? "th"}`;
