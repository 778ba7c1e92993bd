// What the settings say of the sign-up form.
import type { SignupWords } from "../en/signup";

export const signup: SignupWords = {
  title: "Anmeldeformular",
  text: "Besucher hinterlassen ihre Adresse, bestätigen sie per E-Mail, und die Begrüßungsserie beginnt. Jede Anmeldung wird mit Zeitpunkt, Seite und dem Text neben dem Kästchen aufbewahrt.",
  isOn: "Anmeldungen auf den Seiten des Shops annehmen",
  confirms: "Zuerst per E-Mail nachfragen (Double-Opt-in)",
  confirmsHint:
    "Es geht eine E-Mail mit einer Schaltfläche hinaus; erst der Klick darauf meldet an. So kann niemand jemand anderen anmelden.",
  shouldConfirm:
    "Am Sitz Ihres Shops müssen Sie die Einwilligung in Werbung per E-Mail nachweisen können. Ohne diese Nachfrage gelingt das kaum.",
  asksName: "Nach dem Vornamen fragen",
  asksBirthday: "Nach dem Geburtstag fragen (immer freiwillig)",
  words: "Texte",
  wordsHint: "Kunden sehen das Formular in der Sprache der Shopseite: Deutsch, sonst Englisch.",
  languages: { en: "Englisch", de: "Deutsch" },
  heading: "Überschrift",
  line: "Zeile darunter",
  consent: "Text neben dem Kästchen",
  consentHint: "Das Kästchen ist nie vorab angekreuzt.",
  button: "Schaltfläche",
  thanks: "Nach der Anmeldung",
  embed: "Auf den Seiten Ihres Shops",
  shopify: [
    "Öffnen Sie im Theme-Editor die App-Einbettungen und schalten Sie „Schaltfläche zur Anmeldung“ ein: Dann steht sie auf jeder Seite.",
    "Oder fügen Sie einem Abschnitt den Block „Anmeldeformular“ hinzu: Dann steht dort das Formular selbst.",
    "Tragen Sie dort diese beiden Angaben ein:",
  ],
  woocommerce: [
    "Ist das Plugin von Reprise verbunden, fügen Sie den Block „Reprise-Anmeldeformular“ in eine Seite, einen Beitrag oder die Fußzeile Ihres Themes ein.",
    "Mehr ist nicht nötig. Ohne das Plugin fügen Sie diesen Code dort ein, wo das Formular stehen soll:",
  ],
  anywhere: "Überall sonst zeigt dieser Code das Formular:",
  appUrl: "Adresse der App",
  storeKey: "Schlüssel des Shops",
  code: "Code",
  copy: "Kopieren",
  copied: "Kopiert",
  save: "Speichern",
  saving: "Wird gespeichert…",
  saved: "Das Anmeldeformular wurde gespeichert.",
};
