// What the dashboard says.
import type { Words } from "../en";
import { dative, n } from "./plural";

export const dashboard: Words["dashboard"] = {
  title: "Übersicht",
  keyResults: "Wichtigste Ergebnisse",
  metrics: {
    attributed_revenue: "Zugeordneter Umsatz",
    cart_recovery_rate: "Gerettete Warenkörbe",
    customer_lifetime_value: "Kundenwert",
    repeat_purchase_rate: "Wiederkaufrate",
    revenue_per_recipient: "Umsatz je Empfänger",
  },
  up: "mehr",
  down: "weniger",
  noChange: "Davor nichts",
  points: (value) => `${value} Pkt.`,
  notYet: "Noch zu wenig",
  about: (label) => `Was „${label}“ bedeutet`,
  credited: (click, open) =>
    click === open
      ? `Bestellungen binnen ${dative(click)} nach einem Klick oder Öffnen`
      : `Bestellungen binnen ${dative(click)} nach einem Klick, sonst ${dative(open)} nach einem Öffnen`,
  days: (count) => `${count} ${n(count, "Tag", "Tagen")}`,
  chart: (total, before) =>
    `Zugeordneter Umsatz nach Tagen. ${total} in diesem Zeitraum, ${before} in dem davor. Mit den Pfeiltasten links und rechts lesen Sie jeden Tag.`,
  chartDay: (day, now, before) => `${day}: ${now}, im Zeitraum davor: ${before}`,
  thisPeriod: "Dieser Zeitraum",
  before: "Zeitraum davor",
  asTable: "Als Tabelle",
  hideTable: "Tabelle ausblenden",
  date: "Datum",
  zone: (zone) => `Tage nach der Zeit von ${zone.replaceAll("_", " ")}`,
  noRevenueTitle: "Noch kein Umsatz",
  noRevenue: "Eine Bestellung erscheint hier, sobald eine Nachricht sie verdient hat: Jemand hat sie angeklickt oder geöffnet und dann gekauft.",
  notWritten: "Warenkörbe ohne Nachricht",
  notWrittenNone: "In diesem Zeitraum blieb niemand mangels Einwilligung außen vor.",
  noneAbandoned: "In diesem Zeitraum wurde kein Warenkorb verlassen.",
  ofAbandoned: (carts, abandoned) => `${carts} von ${abandoned} verlassenen Warenkörben`,
  whoGets: "Wer Erinnerungen bekommt",
  refusals: {
    no_consent: "Hat der Werbung nicht zugestimmt",
    unsubscribed: "Abgemeldet",
    suppressed: "Adresse ist gesperrt",
    carrier_stop: "SMS mit STOP beendet",
  },
  cartsAndValue: (carts, value) => `${carts} · ${value}`,
  flows: "Abläufe, die am meisten einbringen",
  allFlows: "Alle Abläufe",
  setup: "Einrichten",
  setupDone: (done, all) => `${done} von ${all} erledigt`,
  done: "erledigt",
  tasks: {
    store_connected: "Shop verbunden",
    history_imported: "Frühere Bestellungen übernommen",
    sender_named: "Absender benannt",
    cart_recovery_live: "Warenkorb-Erinnerung eingeschaltet",
  },
  toDo: {
    store_connected: "Shop verbinden",
    history_imported: "Frühere Bestellungen übernehmen",
    sender_named: "Absender benennen",
    cart_recovery_live: "Warenkorb-Erinnerung einschalten",
  },
  taskActions: { sender_named: "Benennen", cart_recovery_live: "Einschalten" },
  importTitle: "Die Geschichte Ihres Shops wird übernommen",
  importSub: "Zahlen erscheinen, sobald sie da sind. Sie können diese Seite verlassen.",
  importStoppedTitle: "Die Geschichte Ihres Shops ist nicht vollständig",
  importStopped: "Ein Teil konnte nicht übernommen werden.",
  importNouns: { cart: "Kürzlich verlassene Checkouts", customer: "Kunden", product: "Produkte", order: "Bestellungen" },
  importDone: (done, total) => `${done} von ${total}`,
  importWaiting: "Wartet",
  importFailed: "Fehlgeschlagen",
  importWhatFailed: (nouns) =>
    `Ihr Shop ließ uns das nicht ganz lesen: ${nouns.join(", ")}. Was bisher kam, bleibt, und den Zahlen fehlt der Rest.`,
  importAgain: "Weiter übernehmen",
  importAsk: "Wer in Ihrem Team veröffentlichen darf, kann es weiterlaufen lassen.",
  turnOnTitle: "Warenkorb-Erinnerung einschalten",
  turnOn:
    "Drei Nachrichten holen verlassene Warenkörbe zurück: eine Erinnerung nach einer Stunde, eine Antwort auf die üblichen Zweifel nach zwölf und ein eigener Code nach einem Tag. Sehen Sie sie an, bevor etwas hinausgeht.",
  create: "Ablauf anlegen",
  turnOnAction: "Ablauf ansehen",
  problemsTitle: "Hier braucht es Sie",
  problems: {
    unknown_messages: (count, written) =>
      `${written} ${n(count, "Nachricht ging", "Nachrichten gingen")} vielleicht hinaus, vielleicht nicht. Reprise verschickt sie nicht noch einmal und fragt weiter nach.`,
    dead_messages: (count, written) =>
      `${written} ${n(count, "Nachricht konnte", "Nachrichten konnten")} mehrmals nicht vorbereitet werden und ${n(count, "wurde", "wurden")} beiseitegelegt.`,
    held_messages: (count, written) =>
      `${written} ${n(count, "Nachricht wird", "Nachrichten werden")} zurückgehalten: Das Versenden ruht. Sobald es wieder geht, ${n(count, "geht sie", "gehen sie")} hinaus.`,
    failed_messages: (count, written) =>
      `${written} ${n(count, "Nachricht wurde", "Nachrichten wurden")} vom Mailserver abgelehnt.`,
    stuck_customers: (count, written) =>
      `${written} ${n(count, "Kunde steckt", "Kunden stecken")} in einem Ablauf fest.`,
    failed_codes: (count, written) =>
      `${written} ${n(count, "Rabattcode konnte", "Rabattcodes konnten")} in Ihrem Shop nicht angelegt werden.`,
    unknown_rewards: (count, written) =>
      `${written} ${n(count, "Guthaben wurde", "Guthaben wurden")} vielleicht gegeben, vielleicht nicht. Reprise gibt nichts zweimal: Sehen Sie im Konto des Kunden in Ihrem Shop nach.`,
    failed_rewards: (count, written) =>
      `${written} ${n(count, "Guthaben konnte", "Guthaben konnten")} nicht gegeben werden. Warum, steht im Verlauf des Kunden.`,
    dead_webhooks: (count, written) =>
      `${written} ${n(count, "Webhook wird", "Webhooks werden")} nicht mehr aufgerufen: Das andere Programm ist immer wieder gescheitert. Sobald es geht, veröffentlichen Sie den Ablauf neu; für die Alarme Ihres Teams speichern Sie Einstellungen, Gespräche, noch einmal.`,
    low_code_pools: (count, written) =>
      `${written} ${n(count, "Vorrat", "Vorräte")} an Rabattcodes ${n(count, "geht", "gehen")} zur Neige: Ihr Shop nimmt keine neuen an. Nachrichten gehen weiter hinaus, jede mit einem eigenen Code, solange das geht.`,
    code_budget: (count, written) =>
      count < 100
        ? `${written} % des Budgets dieses Monats für Rabattcodes sind verbraucht. Danach gehen Nachrichten ohne Code hinaus.`
        : "Das Budget dieses Monats für Rabattcodes ist verbraucht: Nachrichten gehen ohne Code hinaus.",
    held_campaigns: (count, written) =>
      `${written} ${n(count, "Kampagne wartet", "Kampagnen warten")} auf Ihr Wort: Sie ${n(count, "konnte", "konnten")} nicht rechtzeitig verschickt werden.`,
    failed_imports: () => "Ein Teil der Geschichte Ihres Shops konnte nicht übernommen werden.",
    dead_callbacks: (count, written) =>
      `${written} ${n(count, "Nachricht", "Nachrichten")} eines Versanddienstes (Zustellungen, Antworten von Kunden) ${n(count, "konnte", "konnten")} nicht gelesen werden. Verloren ist nichts davon.`,
    failed_consent_writes: (count, written) =>
      `${written} ${n(count, "Abmeldung konnte", "Abmeldungen konnten")} noch nicht in Ihren Shop zurückgeschrieben werden. Niemandem wird gegen sein Wort geschrieben.`,
  },
  problemsWhen: "In den letzten 7 Tagen",
};
