// What the card of languages says.
export const languages = {
  title: "Language",
  panel: "This panel",
  panelHint: "It speaks the language of your own account in your store’s admin. There is English and German; everybody else reads English.",
  store: "Your store",
  storeHint: "Recipes begin in this language. You change it in your store’s admin; flows that you have already stay as they are.",
  notWritten: "Recipes are there in English and German, so yours begin in English. You change your store’s language in its admin.",
  customers: "Your customers",
  theirOwn: "Their own, where it is known",
  customersHint:
    "Dates and amounts are written as in a customer’s own language, else as in your store’s. What Reprise adds by itself, such as how to unsubscribe, is there in English and German. What you write goes out as you wrote it.",
};
export type LanguageWords = typeof languages;
