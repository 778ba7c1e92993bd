// German plurals, as the browser knows them.
const plural = new Intl.PluralRules("de");
export const n = (count: number, one: string, other: string) =>
  plural.select(count) === "one" ? one : other;

/** Give a length of time as the browser writes it in the dative: "5 Tagen". The other units are alike in it. */
export const dative = (time: string) => time.replace(/\bTage\b/g, "Tagen");

/** Give a number's place in a row: 1., 2., 11. */
export const nth = (count: number) => `${count}.`;
