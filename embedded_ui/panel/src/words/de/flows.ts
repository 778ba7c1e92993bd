// What the list of flows says, and the recipes.
import type { Words } from "../en";
import { happenings, writings } from "./happenings";

export const flows: Words["flows"] = {
  title: "Abläufe",
  columns: {
    flow: "Ablauf",
    status: "Status",
    channels: "Kanäle",
    entered: "Aufgenommen",
    waiting: "Warten jetzt",
    sent: "Verschickt",
    orders: "Bestellungen",
    revenue: "Umsatz",
  },
  emptyTitle: "Noch keine Abläufe",
  noneLive: "Noch kein Ablauf ist live",
  empty: "Ein Ablauf schreibt Ihren Kunden von selbst, wenn etwas geschieht, etwa wenn ein Warenkorb zurückbleibt.",
  trigger: (event, kind) => `Wenn ${writings[kind ?? ""] ?? happenings[event] ?? event}`,
  recipes: {
    title: "Fertig zum Einschalten",
    text: "Vollständige Abläufe mit ihren Texten. Sehen Sie sich einen an und veröffentlichen Sie ihn.",
    needs: "Voraussetzung:",
    ideas: "Einen A/B-Test wert",
    categories: {
      recovery: "Warenkörbe und Besuche zurückgewinnen",
      orders: "Nach einer Bestellung",
      welcome: "Neue Kunden",
      loyalty: "Stammkunden, und die, die fehlen",
      products: "Neues von Ihren Produkten",
    },
  },
};
