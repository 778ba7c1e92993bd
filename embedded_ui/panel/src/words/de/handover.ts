// Was die Einstellungen über die Übergabe von Gesprächen sagen.
import type { HandoverWords } from "../en/handover";

export const handover: HandoverWords = {
  takingOver: "Wann ein Mensch übernimmt",
  takingOverText:
    "Wer mit einem Menschen sprechen möchte, bekommt sofort einen: über die Schaltfläche oder mit Worten in zwei Dutzend Sprachen. Ebenso, wer von Anwälten, Verletzungen, Betrug oder seinen Daten schreibt. Abläufe schreiben dann nichts mehr, bis Sie das Gespräch zurückgeben.",
  automatic: "Auch übernehmen, wenn ein Kunde nicht weiterkommt oder verärgert ist",
  automaticHint: "Ausgeschaltet bietet der Bot nur einen Menschen an.",
  mostAnHour: "Höchstens so viele Übernahmen pro Stunde",
  mostAnHourHint:
    "Weiteren Kunden wird stattdessen ein Mensch angeboten. Ihr Team erfährt es sofort und nach einer Stunde, wer von ihnen noch wartet. Wer nach einem Menschen fragt, bekommt immer einen.",
  rules: "Wie oft Regeln richtig lagen",
  rulesText: (days) =>
    `Gezählt über die letzten ${days} Tage. Sagen Sie in einem Gespräch, ob ein Mensch nötig war, und Sie sehen, welche Regeln gut raten. Eine Regel auf Probe tut nichts: Gezählt wird, was sie getan hätte.`,
  onTrial: "Auf Probe",
  never: "Noch nicht vorgekommen",
  notJudged: "Noch hat niemand gesagt, ob es richtig war.",
  right: (share, low, high, judged) =>
    `Richtig in ${share} von ${judged} beurteilten; wahrscheinlich zwischen ${low} und ${high}`,
  did: {
    handedOver: (told) => `Rief Ihr Team ${told}×`,
    offered: (told) => `bot ${told}× einen Menschen an`,
    overLimit: (told) => `${told}× über der Grenze`,
  },
  tried: {
    handedOver: (told) => `Auf Probe: hätte Ihr Team ${told}× gerufen`,
    offered: (told) => `hätte ${told}× einen Menschen angeboten`,
    overLimit: (told) => `wäre ${told}× über der Grenze gewesen`,
  },
  ownWords: "Eigene Wörter für einen Menschen",
  ownWordsHint: "Eines je Zeile. Sie zählen, wenn sie die ganze Nachricht sind.",
  hours: "Wann Sie antworten",
  always: "Jederzeit",
  alwaysHint: "Kunden erfahren, dass ihnen jemand schreiben wird.",
  hoursHint: (zone) => `Nach der Uhr Ihres Shops (${zone.replaceAll("_", " ")}). Außerhalb dieser Zeiten erfahren Kunden, ab wann Sie antworten.`,
  days: ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
  opens: (day) => `${day} von`,
  closes: (day) => `${day} bis`,
  closed: "Geschlossen",
  promises: "Rechtzeitig antworten",
  answer: "Darauf achten, wie lange Kunden auf die erste Antwort warten",
  answerMinutes: "Minuten bis zur ersten Antwort",
  answerHint:
    "Gezählt, solange Sie geöffnet haben. Wird es später, erfährt Ihr Team es noch einmal, und der Bot bittet einmal um Entschuldigung.",
  back: "Ruhende Gespräche an die Automatik zurückgeben",
  backHours: "Stunden ohne Nachricht",
  backHint: "Was für den Kunden zurückgehalten wurde, wird dann neu geprüft.",
  alerts: "Wer es erfährt",
  emails: "E-Mail-Adressen",
  emailsHint: "Eine je Zeile. Jede erhält eine E-Mail, wenn ein Kunde auf einen Menschen wartet.",
  slack: "Slack",
  slackHint: "Die Adresse eines eingehenden Webhooks. Wer sie hat, kann in dessen Kanal schreiben.",
  webhook: "Ein anderes Programm",
  webhookHint: "Aufgerufen per POST, signiert wie die Aufrufe Ihrer Abläufe, mit dem zuletzt Gesagten: Ein Helpdesk kann daraus ein Ticket machen.",
};
