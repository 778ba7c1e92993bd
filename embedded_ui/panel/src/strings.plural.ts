// English plurals, as the browser knows them.
const plural = new Intl.PluralRules("en");
export const n = (count: number, one: string, other: string) =>
  plural.select(count) === "one" ? one : other;
