// Every word that all pages share, in German.
import type { Words } from "../en";
import { dashboard } from "./dashboard";
import { flow } from "./flow";
import { flows } from "./flows";
import { keys } from "./keys";
import { people } from "./people";
import { nth } from "./plural";

export const de: Words = {
  app: "Reprise",
  skip: "Zum Inhalt springen",
  nav: {
    label: "Hauptmenü",
    dashboard: "Übersicht",
    flows: "Abläufe",
    campaigns: "Kampagnen",
    inbox: "Postfach",
    inboxUnread: (count) => `Postfach (${count})`,
    segments: "Segmente",
    customers: "Kunden",
    settings: "Einstellungen",
  },
  days: (count) => `${count} Tage`,
  lastDays: (count) => `${count} Tage`,
  period: "Zeitraum",
  retry: "Noch einmal versuchen",
  reload: "Diese Seite neu laden",
  loading: "Wird geladen",
  none: "–",
  error: {
    unreached: "Ihre Verbindung ist weg, deshalb konnte das nicht geladen werden.",
    offline: "Ihre Verbindung ist weg. Was Sie sehen, kann veraltet sein.",
    unsent: "Ihre Verbindung ist weg, vielleicht ist das nicht angekommen. Versuchen Sie es noch einmal.",
    request: (name) => `Anfrage ${name}`,
    failed: "Das konnte nicht geladen werden. Versuchen Sie es noch einmal.",
    undone: "Das hat nicht geklappt, und der Grund liegt bei uns. Sehen Sie nach, ob sich hier etwas geändert hat, und versuchen Sie es dann noch einmal.",
    notFound: "Unter dieser Adresse gibt es nichts.",
    broken: "Diese Seite konnte nicht gezeigt werden",
    brokenText: "Vielleicht gibt es eine neuere Fassung von Reprise.",
    signedOut: "Ihre Anmeldung ist abgelaufen. Laden Sie die Seite neu, um weiterzumachen.",
    signedOutTyped: "Nicht gespeichert: Ihre Anmeldung ist abgelaufen. Versuchen Sie es noch einmal. Nur wenn das nicht hilft, laden Sie die Seite neu: Ihre Änderungen gehen dabei verloren.",
    sessionOver: "Ihre Anmeldung ist abgelaufen. Öffnen Sie Reprise erneut aus der Verwaltung Ihres Shops.",
    openAgain: "Erneut öffnen",
    standaloneTitle: "Öffnen Sie Reprise aus der Verwaltung Ihres Shops",
    standalone: "Reprise meldet Sie über Ihren Shop an und geht deshalb nur in dessen Verwaltung.",
    reconnectTitle: "Verbinden Sie Ihren Shop neu",
    reconnect:
      "Reprise hat den Zugang zu Ihrem Shop verloren. Bis Sie ihn neu verbinden, wird nichts verschickt; alle in einem Ablauf behalten ihren Platz.",
    connect: "Verbinden",
  },
  mayNot: {
    edit: "Mit Ihrer Rolle können Sie ansehen, nicht ändern. Bitten Sie jemanden, der veröffentlichen darf, um eine andere.",
    publish: "Dazu braucht es die Rolle „Veröffentlichen“. Fragen Sie jemanden aus Ihrem Team.",
  },
  statuses: { live: "Live", draft: "Entwurf", paused: "Angehalten" },
  channels: {
    email: "E-Mail",
    sms: "SMS",
    whatsapp: "WhatsApp",
    messenger: "Messenger",
    instagram: "Instagram",
    webchat: "Website-Chat",
  },
  nth,
  dashboard,
  flows,
  flow,
  ...people,
  keys,
};
