// What the dashboard says of days, bands, channels, messages, what to test and what to do.
import type { ResultWords } from "../en/results";
import { n } from "./plural";

export const results: ResultWords = {
  custom: "Zeitraum",
  from: "Von",
  to: "Bis",
  show: "Anzeigen",
  shareOf: (share) => `${share} des Umsatzes Ihres Shops`,
  definitions: {
    attributed_revenue:
      "Bestellungen, die einer Nachricht zugeordnet werden, mit Steuern und Versand, abzüglich Erstattungen. Eine Bestellung zählt zur letzten Nachricht, die der Kunde in den Tagen davor angeklickt hat, sonst zur letzten, die er geöffnet hat.",
    cart_recovery_rate:
      "Verlassene Warenkörbe, die nach einer Nachricht gekauft wurden, von allen verlassenen Warenkörben, auch denen, zu denen niemandem geschrieben wurde.",
    customer_lifetime_value:
      "Was Ihre Kunden mit mindestens einer Bestellung bisher ausgegeben haben, abzüglich Erstattungen, im Durchschnitt. Ein Rückblick, keine Prognose.",
    repeat_purchase_rate: "Kunden mit zwei oder mehr Bestellungen, von allen mit mindestens einer.",
    revenue_per_recipient: "Zugeordneter Umsatz je verschickter Nachricht.",
  },
  sources: {
    seed: "Der übliche Bereich ist der, den Ratgeber zu Nachfassnachrichten im Onlinehandel nennen.",
    klaviyo_2023:
      "Der übliche Wert stammt aus Klaviyos Vergleichsbericht über 2023, in US-Dollar, für Ihre eigene Mischung aus Abläufen und Kampagnen.",
  },
  messageSource: "Üblich ist der Durchschnitt aller Abläufe in Klaviyos Vergleichsbericht über 2023.",
  defined: (meaning, source) => `${meaning} ${source}`,
  bands: {
    below: (usual) => `Unter dem Üblichen: ${usual}`,
    within: (usual) => `Im üblichen Bereich: ${usual}`,
    above: (usual) => `Über dem Üblichen: ${usual}`,
    top: (usual) => `Unter den Besten; üblich: ${usual}`,
    none: (usual) => `Üblich: ${usual}`,
  },
  tooFewYet: (usual, seen, needed) => `Üblich: ${usual}. Noch zu wenige für einen Vergleich: ${seen} von ${needed}`,
  needs: {
    cart_recovery_rate: (needed) => `Verglichen wird ab ${needed} verlassenen Warenkörben.`,
    repeat_purchase_rate: (needed) => `Verglichen wird ab ${needed} Kunden mit einer Bestellung.`,
    revenue_per_recipient: (needed) => `Verglichen wird ab ${needed} Nachrichten.`,
  },
  range: (low, high) => `${low} bis ${high}`,
  channelsTitle: "Nach Kanal",
  messagesTitle: "Nach Nachricht",
  columns: {
    channel: "Kanal",
    message: "Nachricht",
    sent: "Verschickt",
    opened: "Geöffnet",
    clicked: "Geklickt",
    orders: "Bestellungen",
    revenue: "Umsatz",
    cost: "Kosten",
  },
  free: (count, written) => `${written} ${n(count, "Nachricht", "Nachrichten")} kostenfrei`,
  unknownCost: "Nicht bekannt",
  unknownCostWhy: "Tragen Sie in den Einstellungen ein, was Nachrichten kosten, dann steht es hier.",
  noMessages: "In diesen Tagen wurde nichts verschickt.",
  codeCosts: (cost) =>
    `Rabattcodes, die in diesen Tagen vergeben und eingelöst wurden, kosteten höchstens ${cost}.`,
  tooFew: (count) => `Quoten werden ab ${count} Nachrichten genannt.`,
  belowMark: "unter dem Üblichen",
  aspects: { open: "geöffnet", click: "geklickt", order: "führte zu einer Bestellung" },
  worthTitle: "Einen A/B-Test wert",
  worth: {
    open: (message, rate, usual) =>
      `„${message}“ öffnen ${rate}; üblich sind ${usual}. Versuchen Sie eine andere Betreffzeile.`,
    click: (message, rate, usual) =>
      `In „${message}“ klicken ${rate}; üblich sind ${usual}. Versuchen Sie eine einzige klare Schaltfläche, und sagen Sie früher, worum es geht.`,
    order: (message, rate, usual) =>
      `„${message}“ führt bei ${rate} zu einer Bestellung; üblich sind ${usual}. Versuchen Sie ein anderes Angebot, oder räumen Sie einen Zweifel aus.`,
  },
  worthHow: (flow) =>
    `Eine Kopie davon wird zur Variante B im Entwurf von „${flow}“. Bis Sie veröffentlichen, ändert sich nichts.`,
  begin: "A/B-Test beginnen",
  beginning: "Wird vorbereitet",
  begun: "Der Test steht im Entwurf: Ändern Sie Variante B und veröffentlichen Sie dann",
  actions: {
    retry: "Erneut versuchen",
    flows: "Zu den Abläufen",
    settings: "Zu den Einstellungen",
    customers: "Zu den Kunden",
    campaigns: "Zu den Kampagnen",
  },
  retried: (count, written) => `${written} ${n(count, "wird", "werden")} erneut versucht`,
};
