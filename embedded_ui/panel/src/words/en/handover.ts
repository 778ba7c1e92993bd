// What the settings say of handing conversations over.
export const handover = {
  takingOver: "When a person takes over",
  takingOverText:
    "Whoever asks for a person gets one at once: by the button, or in words of two dozen languages. So does whoever tells of lawyers, injuries, fraud or their data. Flows then write them nothing until you hand the conversation back.",
  automatic: "Also take over when a customer gets nowhere or is upset",
  automaticHint: "When this is off, the bot only offers them a person.",
  mostAnHour: "At most so many takeovers in an hour",
  mostAnHourHint:
    "Further customers are offered a person instead. Your team is told at once, and after an hour who of them still waits. Whoever asks for a person always gets one.",
  rules: "How often rules were right",
  rulesText: (days: number) =>
    `Counted over the last ${days} days. In a conversation, say whether a person was needed, and you see which rules guess well. A rule on trial does nothing: what it would have done is counted.`,
  onTrial: "On trial",
  never: "Not met yet",
  notJudged: "Nobody has said yet whether it was right.",
  right: (share: string, low: string, high: string, judged: string) =>
    `Right in ${share} of ${judged} that were judged; likely between ${low} and ${high}`,
  did: {
    handedOver: (told: string) => `Called your team ${told}×`,
    offered: (told: string) => `offered a person ${told}×`,
    overLimit: (told: string) => `beyond the limit ${told}×`,
  },
  tried: {
    handedOver: (told: string) => `On trial: would have called your team ${told}×`,
    offered: (told: string) => `would have offered a person ${told}×`,
    overLimit: (told: string) => `would have been beyond the limit ${told}×`,
  },
  ownWords: "Your own words for a person",
  ownWordsHint: "One on each line. They count when they are the whole message.",
  hours: "When you answer",
  always: "At any time",
  alwaysHint: "Customers hear that somebody will write to them.",
  hoursHint: (zone: string) => `By your store’s clock (${zone.replaceAll("_", " ")}). Outside these hours customers hear from when on you answer.`,
  days: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as readonly string[],
  opens: (day: string) => `${day} from`,
  closes: (day: string) => `${day} until`,
  closed: "Closed",
  promises: "Answering in time",
  answer: "Watch how long customers wait for the first answer",
  answerMinutes: "Minutes until the first answer",
  answerHint: "Counted while you are open. Missed, your team is told once more, and the bot says sorry once.",
  back: "Hand idle conversations back to automation",
  backHours: "Hours without a message",
  backHint: "What was held for the customer is then looked at again.",
  alerts: "Who is told",
  emails: "Email addresses",
  emailsHint: "One on each line. Each gets one email when a customer waits for a person.",
  slack: "Slack",
  slackHint: "The address of an incoming webhook. Whoever has it can write into its channel.",
  webhook: "Another program",
  webhookHint: "Called by POST, signed like the calls of your flows, with what was said last: a help desk can make a ticket of it.",
};
export type HandoverWords = typeof handover;
