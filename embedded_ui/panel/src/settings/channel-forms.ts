// What each channel's account consists of, in the order it is asked; a provider plugs in here.
export type FieldWords = { label: string; hint: string; choices?: Record<string, string> };
export type AccountWords = {
  title: string;
  text: string;
  provider: string;
  fields: Record<string, FieldWords>;
  saved: string;
  address: string;
  addressHint: string;
  sent: (what: string) => string;
  sure: string;
  sureText: string;
  disconnected: string;
};

export type Asked = { name: string; isSecret?: boolean; choices?: string[]; isSentence?: boolean; /** Of a secret: the field that it belongs to. */ goesWith?: string };
export type ChannelForm = {
  channel: "sms" | "whatsapp" | "messenger" | "instagram" | "webchat";
  provider: string;
  /** Its words, where another provider of the channel has the channel's own. */
  words?: "plivo";
  fields: Asked[];
  /** Whether a test writes to a number; else the provider is asked who we are. */
  byMessage?: boolean;
  /** All ours: there is no provider to ask, and a code to paste instead of an address. */
  isOurs?: boolean;
};

const META: Asked[] = [{ name: "app_id" }, { name: "app_secret", isSecret: true }];
const ANSWERS: Asked = { name: "answers", choices: ["ours", "meta"] };
const TOKEN: Asked = { name: "access_token", isSecret: true };

export const FORMS: ChannelForm[] = [
  {
    channel: "sms", provider: "twilio", byMessage: true,
    fields: [
      { name: "account_sid" }, { name: "auth_token", isSecret: true }, { name: "sender" },
      { name: "shared_key_id" }, { name: "shared_key", isSecret: true, goesWith: "shared_key_id" },
    ],
  },
  {
    channel: "sms", provider: "plivo", words: "plivo", byMessage: true,
    fields: [{ name: "auth_id" }, { name: "auth_token", isSecret: true }, { name: "sender" }],
  },
  {
    channel: "whatsapp", provider: "meta",
    fields: [{ name: "phone_number_id" }, { name: "account_id" }, { name: "number" }, { name: "app_secret", isSecret: true }, TOKEN],
  },
  { channel: "messenger", provider: "meta", fields: [{ name: "account_id" }, ...META, TOKEN, ANSWERS] },
  {
    channel: "instagram", provider: "meta",
    fields: [{ name: "account_id" }, { name: "username" }, ...META, { name: "login", choices: ["instagram", "page"] }, TOKEN, ANSWERS],
  },
  {
    channel: "webchat", provider: "reprise", isOurs: true,
    fields: [{ name: "greeting", isSentence: true }, { name: "color" }, { name: "origins", isSentence: true }],
  },
];
