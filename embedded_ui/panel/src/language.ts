// The language the page is written in: the server chose it, and said so on the page.
export type Language = "en" | "de";

export const language: Language = document.documentElement.lang.startsWith("de") ? "de" : "en";
