// What the settings say of the store's own accounts with providers.
import type { AccountWords } from "../../settings/channel-forms";

const sms: AccountWords = {
  title: "Text messages",
  text: "Sent by an account of your own with Twilio, at Twilio’s prices. Whoever answers STOP, in any wording, is not texted again.",
  provider: "Twilio",
  fields: {
    account_sid: { label: "Account SID", hint: "On the first page of Twilio’s console; it begins with AC." },
    auth_token: { label: "Auth token", hint: "Beside the Account SID. It is kept encrypted and never shown again." },
    sender: { label: "Sender", hint: "A number of yours such as +15550100, or the id of a messaging service, which begins with MG." },
    shared_key_id: {
      label: "Shared key’s ID",
      hint: "Leave it empty unless you had Twilio sign its calls with a shared key of its Webhooks API: then the key’s ID, which begins with “webhooks_sharedkey_”.",
    },
    shared_key: {
      label: "Shared key’s secret",
      hint: "Twilio told it once, when the key was made. May be left empty, too. It is kept encrypted and never shown again.",
    },
  },
  saved: "Text messages are connected",
  address: "When a message comes in, Twilio has to call",
  addressHint: "Set it in Twilio’s console, at your number under Messaging. Without it Reprise does not hear what customers answer.",
  sent: (to) => `Twilio has taken the text message to ${to}.`,
  sure: "Disconnect text messages?",
  sureText: "What would go as a text message is left out, or goes by the next channel of its step. The token is forgotten.",
  disconnected: "Text messages are disconnected",
};

const plivo: AccountWords = {
  ...sms,
  title: "Text messages by Plivo",
  text: "Sent by an account of your own with Plivo instead of Twilio, at Plivo’s prices. Whoever answers STOP, in any wording, is not texted again.",
  provider: "Plivo",
  fields: {
    auth_id: { label: "Auth ID", hint: "On the first page of Plivo’s console; it begins with MA." },
    auth_token: { label: "Plivo’s auth token", hint: "Beside the Auth ID. It is kept encrypted and never shown again." },
    sender: { label: "Number", hint: "One that you rent from Plivo, such as +15550100." },
  },
  address: "When a message comes in, Plivo has to call",
  addressHint: "Set it as the message URL of an XML application in Plivo’s console, by POST, and give your number that application. Without it Reprise does not hear what customers answer.",
  sent: (to) => `Plivo has taken the text message to ${to}.`,
};

const metaFields = {
  app_id: { label: "App ID", hint: "Of your own app at developers.facebook.com, under App settings." },
  app_secret: { label: "App secret", hint: "Beside the app ID. By it we know that Meta is calling. It is kept encrypted and never shown again." },
};

const answers = {
  label: "Where your team answers",
  hint: "With Meta’s inbox, a conversation moves there when your team takes it over, and comes back when it is handed back. For that, make your app the page’s default app, in its settings under conversation routing.",
  choices: { ours: "In the inbox here", meta: "In Meta’s inbox" },
};

const whatsapp: AccountWords = {
  title: "WhatsApp",
  text: "Sent by your own WhatsApp Business account. Whoever agreed to WhatsApp gets templates that Meta approved; whoever wrote to you within 24 hours can be answered in free words.",
  provider: "Meta",
  fields: {
    phone_number_id: { label: "Phone number ID", hint: "In your app at developers.facebook.com, under WhatsApp, API Setup. It is no phone number." },
    account_id: { label: "WhatsApp Business account ID", hint: "On the same page, beside the phone number ID." },
    number: { label: "The number itself", hint: "Such as +15550100. Links and QR codes lead to it; may be left empty." },
    app_secret: metaFields.app_secret,
    access_token: { label: "Access token", hint: "Of a system user, without an end. It needs whatsapp_business_messaging and whatsapp_business_management." },
  },
  saved: "WhatsApp is connected",
  address: "Callback URL",
  addressHint: "Set it in your app, under WhatsApp, Configuration, with the verify token below. Subscribe to messages, user_preferences and message_template_status_update.",
  sent: (name) => `Meta knows this number as ${name}, and tells us what is written to it.`,
  sure: "Disconnect WhatsApp?",
  sureText: "What would go by WhatsApp is left out, or goes by the next channel of its step. The token and the secret are forgotten.",
  disconnected: "WhatsApp is disconnected",
};

const messenger: AccountWords = {
  title: "Messenger",
  text: "Answers whoever writes to your Facebook page. Meta allows automated messages only within 24 hours of what a customer last wrote; then a step takes its next channel.",
  provider: "Meta",
  fields: {
    account_id: { label: "Page ID", hint: "In the page’s settings, under transparency: digits only." },
    ...metaFields,
    access_token: { label: "Page access token", hint: "Made in your app, under Messenger. It needs pages_messaging and pages_manage_metadata." },
    answers,
  },
  saved: "Messenger is connected",
  address: "Callback URL",
  addressHint: "Set it in your app, under Messenger, with the verify token below. Reprise subscribes the page to what it needs.",
  sent: (name) => `Meta knows this page as ${name}, and tells us what is written to it.`,
  sure: "Disconnect Messenger?",
  sureText: "What would go by Messenger is left out, or goes by the next channel of its step. The token and the secret are forgotten.",
  disconnected: "Messenger is disconnected",
};

const instagram: AccountWords = {
  title: "Instagram",
  text: "Answers messages, story replies and comments to your professional account. Meta allows automated messages only within 24 hours of what a customer last wrote; then a step takes its next channel.",
  provider: "Meta",
  fields: {
    account_id: { label: "Instagram account ID", hint: "In your app, under Instagram, beside the account’s name: digits only." },
    username: { label: "User name", hint: "Without the @. Links and QR codes lead to it; may be left empty." },
    ...metaFields,
    app_id: { label: "Instagram app ID", hint: "Of your own app at developers.facebook.com, under Instagram." },
    login: {
      label: "How the token was made",
      hint: "With the page’s token, the account ID is that of the page’s linked Instagram account.",
      choices: { instagram: "By Instagram’s own login", page: "By the linked Facebook page" },
    },
    access_token: { label: "Access token", hint: "Made in your app, under Instagram. Instagram’s own lasts 60 days; paste the new one here." },
    answers,
  },
  saved: "Instagram is connected",
  address: "Callback URL",
  addressHint: "Set it in your app, under Instagram, with the verify token below. Reprise subscribes the account to what it needs.",
  sent: (name) => `Meta knows this account as ${name}, and tells us what is written to it.`,
  sure: "Disconnect Instagram?",
  sureText: "What would go by Instagram is left out, or goes by the next channel of its step. The token and the secret are forgotten.",
  disconnected: "Instagram is disconnected",
};

const webchat: AccountWords = {
  title: "Website chat",
  text: "A chat on your store’s own pages. It answers with your flows, and hands over to you whenever a visitor asks for a person. It sets no cookie.",
  provider: "The website",
  fields: {
    greeting: { label: "Greeting", hint: "Leave it empty for a usual one, in the page’s language." },
    color: { label: "Color", hint: "As #22211f. Leave it empty for the color of your brand’s buttons." },
    origins: { label: "Further addresses of your store", hint: "The chat only works on your store’s own pages. If it has others than the one we know, such as https://shop.example.com, write them here, with spaces between them." },
  },
  saved: "The website chat is on",
  address: "Code for your pages",
  addressHint: "For any other page of yours: paste it before </body>. Nothing opens by itself.",
  sent: (name) => name,
  sure: "Turn the website chat off?",
  sureText: "Its button disappears from your pages. What would go to visitors is left out, or goes by the next channel of its step.",
  disconnected: "The website chat is off",
};

export const channels = {
  sms,
  plivo,
  whatsapp,
  messenger,
  instagram,
  webchat,
  turnOn: "Turn on",
  turnOff: "Turn off",
  chat: {
    shopify: {
      text: "In the theme editor, switch on “Website chat” among the app embeds, paste these two there, and save.",
      open: "Open the theme editor",
    },
    woocommerce: {
      text: "In the Reprise plugin’s settings, tick “Website chat” and save. It needs nothing else.",
      open: "Open the plugin’s settings",
    },
    appUrl: "Address of the app",
    storeKey: "Store key",
    copyKey: "Copy the store key",
    pasteHint: "Paste it into your theme, before </body>: the chat is then on every page. Nothing opens by itself.",
  },
  copyCode: "Copy the code",
  setUp: "Set up",
  kept: "Leave it empty to keep the one you gave.",
  connect: "Connect",
  save: "Save",
  copy: "Copy",
  copyAddress: "Copy the address",
  copyWord: "Copy the verify token",
  copied: "Copied",
  verifyToken: "Verify token",
  connected: (at: string) => `Connected ${at}`,
  setUpAt: (at: string) => `Set up ${at}`,
  onSince: (at: string) => `On since ${at}`,
  visitorWrote: (at: string) => `A visitor last wrote ${at}`,
  nobodyWrote: "No visitor has written yet",
  heard: (who: string, at: string) => `${who} last told us something ${at}`,
  unheard: (who: string) => `${who} has not told us anything yet`,
  unproven: (secret: string) => `Whether the “${secret}” is right shows with Meta’s first call: write to your account from another one.`,
  nothingTaken: (who: string) => `Nothing of ${who} could be taken in yet`,
  turnedAway: (who: string, at: string, what: string) =>
    `Turned away ${at}: a call that was not signed with the “${what}” given here. If messages of your customers are missing, copy it from ${who} once more.`,
  trouble: (at: string) => `Did not work ${at}.`,
  tokenEnds: (day: string) => `Access token good until ${day}, renewed by itself before`,
  paused: "Nothing goes out just now. It is tried again every few minutes.",
  test: "Send a test",
  to: "To which number",
  ask: "Check the connection",
  failed: "It did not go out.",
  refused: "It does not work yet.",
  disconnect: "Disconnect",
  cancel: "Cancel",
  only: "This takes the role of a publisher. Ask one of your team.",
  phone: "With a country code, as +15550100",
  keyword: {
    title: { sms: "Agreeing by text message", whatsapp: "Agreeing by WhatsApp" },
    text: "Whoever writes this word agrees to your marketing on this channel. What you show beside it is kept with their consent, as it stood then.",
    word: "Word",
    wordHint: "This and nothing else, in capitals or not: JOIN, for instance.",
    wording: "What stands beside the word",
    wordingHint: "The text on your sign, page or receipt: what they get, how often, and that STOP ends it.",
    answer: (text: string) => `What is answered: ${text}`,
    save: "Save the word",
    start: "Wait for this word",
    saved: "The word is waited for",
    stop: "Stop waiting for the word",
    stopped: "The word is not waited for anymore",
    sure: "Stop waiting for the word?",
    sureText: "Nobody agrees by it from then on. Whoever has agreed goes on getting what they agreed to.",
  },
  templates: {
    title: "WhatsApp templates",
    text: "Written and approved in WhatsApp Manager. A message step picks one of them.",
    synced: (at: string) => `Asked about ${at}, and again every day`,
    sync: "Sync now",
    synchronised: "Templates are up to date",
    none: "No template is known yet. Make one in WhatsApp Manager, then sync.",
    name: "Template",
    language: "Language",
    category: "Category",
    status: "Status",
    categories: { marketing: "Marketing", utility: "Utility", authentication: "Authentication" } as Record<string, string>,
    statuses: {
      approved: "Approved", pending: "In review", in_appeal: "In appeal", rejected: "Rejected", paused: "Paused", disabled: "Disabled",
    } as Record<string, string>,
    test: "Send a test",
    which: "Template",
    sent: (to: string) => `Meta has taken the template to ${to}.`,
  },
};

export type ChannelWords = typeof channels;
