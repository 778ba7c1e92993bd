// What the card of languages says.
import type { LanguageWords } from "../en/language";

export const languages: LanguageWords = {
  title: "Sprache",
  panel: "Diese Oberfläche",
  panelHint: "Sie spricht die Sprache Ihres eigenen Kontos im Adminbereich Ihres Shops. Es gibt sie auf Deutsch und Englisch; alle anderen lesen Englisch.",
  store: "Ihr Shop",
  storeHint: "Vorlagen beginnen in dieser Sprache. Sie ändern sie im Adminbereich Ihres Shops; Abläufe, die Sie schon haben, bleiben, wie sie sind.",
  notWritten: "Vorlagen gibt es auf Deutsch und Englisch, Ihre beginnen darum auf Englisch. Die Sprache Ihres Shops ändern Sie in seinem Adminbereich.",
  customers: "Ihre Kunden",
  theirOwn: "Ihre eigene, wo sie bekannt ist",
  customersHint:
    "Daten und Beträge stehen da wie in der Sprache des Kunden, sonst wie in der Ihres Shops. Was Reprise von sich aus hinzufügt, etwa wie man sich abmeldet, gibt es auf Deutsch und Englisch. Was Sie schreiben, geht hinaus, wie Sie es geschrieben haben.",
};
