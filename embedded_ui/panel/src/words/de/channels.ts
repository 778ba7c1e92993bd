// Was die Einstellungen von den eigenen Konten bei Anbietern sagen, auf Deutsch.
import type { AccountWords } from "../../settings/channel-forms";
import type { ChannelWords } from "../en/channels";

const sms: AccountWords = {
  title: "SMS",
  text: "Sie gehen über Ihr eigenes Konto bei Twilio hinaus, zu dessen Preisen. Wer mit STOP antwortet, in welchen Worten auch immer, bekommt keine mehr.",
  provider: "Twilio",
  fields: {
    account_sid: { label: "Account SID", hint: "Auf der ersten Seite der Twilio-Konsole; sie beginnt mit AC." },
    auth_token: { label: "Auth Token", hint: "Neben der Account SID. Es wird verschlüsselt aufbewahrt und nie wieder gezeigt." },
    sender: { label: "Absender", hint: "Eine Ihrer Nummern wie +4915550100 oder die Kennung eines Messaging Service, die mit MG beginnt." },
    shared_key_id: {
      label: "ID des Shared Key",
      hint: "Bleibt leer, außer Sie lassen Twilio seine Aufrufe mit einem Shared Key seiner Webhooks-API signieren: dann dessen ID, die mit webhooks_sharedkey_ beginnt.",
    },
    shared_key: {
      label: "Geheimnis des Shared Key",
      hint: "Twilio hat es einmal genannt, als der Schlüssel angelegt wurde. Auch dieses Feld darf leer bleiben. Es wird verschlüsselt aufbewahrt und nie wieder gezeigt.",
    },
  },
  saved: "SMS sind verbunden",
  address: "Kommt eine Nachricht herein, muss Twilio diese Adresse aufrufen",
  addressHint: "Tragen Sie sie in der Twilio-Konsole bei Ihrer Nummer unter „Messaging“ ein. Sonst erfährt Reprise nicht, was Ihre Kunden antworten.",
  sent: (to) => `Twilio hat die SMS an ${to} angenommen.`,
  sure: "SMS trennen?",
  sureText: "Was als SMS hinausginge, entfällt oder nimmt den nächsten Kanal seines Schritts. Das Token wird vergessen.",
  disconnected: "SMS sind getrennt",
};

const plivo: AccountWords = {
  ...sms,
  title: "SMS über Plivo",
  text: "Sie gehen statt über Twilio über Ihr eigenes Konto bei Plivo hinaus, zu dessen Preisen. Wer mit STOP antwortet, in welchen Worten auch immer, bekommt keine mehr.",
  provider: "Plivo",
  fields: {
    auth_id: { label: "Auth ID", hint: "Auf der ersten Seite der Plivo-Konsole; sie beginnt mit MA." },
    auth_token: { label: "Auth Token von Plivo", hint: "Neben der Auth ID. Es wird verschlüsselt aufbewahrt und nie wieder gezeigt." },
    sender: { label: "Nummer", hint: "Eine, die Sie bei Plivo mieten, wie +4915550100." },
  },
  address: "Kommt eine Nachricht herein, muss Plivo diese Adresse aufrufen",
  addressHint: "Tragen Sie sie in der Plivo-Konsole als Message-URL einer XML-Anwendung ein, mit POST, und geben Sie Ihrer Nummer diese Anwendung. Sonst erfährt Reprise nicht, was Ihre Kunden antworten.",
  sent: (to) => `Plivo hat die SMS an ${to} angenommen.`,
};

const metaFields = {
  app_id: { label: "App-ID", hint: "Die Ihrer eigenen App auf developers.facebook.com, unter „App-Einstellungen“." },
  app_secret: { label: "App-Geheimcode", hint: "Neben der App-ID. An ihm erkennen wir, dass ein Aufruf von Meta kommt. Er wird verschlüsselt aufbewahrt und nie wieder gezeigt." },
};

const answers = {
  label: "Wo Ihr Team antwortet",
  hint: "Wählen Sie Metas Posteingang, wandert ein Gespräch dorthin, sobald Ihr Team es übernimmt, und kommt zurück, sobald Sie es zurückgeben. Machen Sie Ihre App dafür in den Einstellungen der Seite unter „Conversation Routing“ zur Standard-App.",
  choices: { ours: "Hier im Postfach", meta: "In Metas Posteingang" },
};

const whatsapp: AccountWords = {
  title: "WhatsApp",
  text: "Gesendet über Ihr eigenes WhatsApp-Business-Konto. Wer WhatsApp zugestimmt hat, bekommt Vorlagen, die Meta freigegeben hat; wer Ihnen in den letzten 24 Stunden schrieb, dem kann frei geantwortet werden.",
  provider: "Meta",
  fields: {
    phone_number_id: { label: "Telefonnummer-ID", hint: "In Ihrer App auf developers.facebook.com unter WhatsApp, API-Einrichtung. Es ist keine Telefonnummer." },
    account_id: { label: "ID des WhatsApp-Business-Kontos", hint: "Auf derselben Seite, neben der Telefonnummer-ID." },
    number: { label: "Die Nummer selbst", hint: "Etwa +4915550100. Links und QR-Codes führen zu ihr; das Feld darf leer bleiben." },
    app_secret: metaFields.app_secret,
    access_token: { label: "Zugriffstoken", hint: "Von einem Systemnutzer, ohne Ablauf. Es braucht whatsapp_business_messaging und whatsapp_business_management." },
  },
  saved: "WhatsApp ist verbunden",
  address: "Callback-URL",
  addressHint: "Tragen Sie sie in Ihrer App unter WhatsApp, Konfiguration ein, mit dem Bestätigungstoken darunter. Abonnieren Sie messages, user_preferences und message_template_status_update.",
  sent: (name) => `Meta kennt diese Nummer als ${name} und meldet uns, was an sie geschrieben wird.`,
  sure: "WhatsApp trennen?",
  sureText: "Was über WhatsApp ginge, entfällt oder geht über den nächsten Kanal seines Schritts. Token und Geheimnis werden vergessen.",
  disconnected: "WhatsApp ist getrennt",
};

const messenger: AccountWords = {
  title: "Messenger",
  text: "Antwortet allen, die Ihrer Facebook-Seite schreiben. Automatische Nachrichten erlaubt Meta nur 24 Stunden lang, nachdem jemand zuletzt geschrieben hat; danach nimmt ein Schritt seinen nächsten Kanal.",
  provider: "Meta",
  fields: {
    account_id: { label: "Seiten-ID", hint: "In den Einstellungen der Seite unter „Seitentransparenz“: nur Ziffern." },
    ...metaFields,
    access_token: { label: "Seiten-Zugriffstoken", hint: "In Ihrer App unter „Messenger“ erzeugt. Es braucht pages_messaging und pages_manage_metadata." },
    answers,
  },
  saved: "Messenger ist verbunden",
  address: "Callback-URL",
  addressHint: "Tragen Sie sie in Ihrer App unter „Messenger“ ein, mit dem Bestätigungstoken darunter. Reprise abonniert für die Seite, was nötig ist.",
  sent: (name) => `Meta kennt diese Seite als ${name} und meldet uns, was ihr geschrieben wird.`,
  sure: "Messenger trennen?",
  sureText: "Was über Messenger hinausginge, entfällt oder nimmt den nächsten Kanal seines Schritts. Token und Geheimcode werden vergessen.",
  disconnected: "Messenger ist getrennt",
};

const instagram: AccountWords = {
  title: "Instagram",
  text: "Antwortet auf Nachrichten, Story-Antworten und Kommentare an Ihr professionelles Konto. Automatische Nachrichten erlaubt Meta nur 24 Stunden lang, nachdem jemand zuletzt geschrieben hat; danach nimmt ein Schritt seinen nächsten Kanal.",
  provider: "Meta",
  fields: {
    account_id: { label: "ID des Instagram-Kontos", hint: "In Ihrer App unter „Instagram“ neben dem Namen des Kontos: nur Ziffern." },
    username: { label: "Nutzername", hint: "Ohne @. Links und QR-Codes führen zu ihm; das Feld darf leer bleiben." },
    ...metaFields,
    app_id: { label: "Instagram-App-ID", hint: "Die Ihrer eigenen App auf developers.facebook.com, unter „Instagram“." },
    login: {
      label: "Wie das Token entstand",
      hint: "Beim Token der Seite ist die Konto-ID die des verknüpften Instagram-Kontos.",
      choices: { instagram: "Über Instagrams eigene Anmeldung", page: "Über die verknüpfte Facebook-Seite" },
    },
    access_token: { label: "Zugriffstoken", hint: "In Ihrer App unter „Instagram“ erzeugt. Instagrams eigenes gilt 60 Tage; tragen Sie das neue hier ein." },
    answers,
  },
  saved: "Instagram ist verbunden",
  address: "Callback-URL",
  addressHint: "Tragen Sie sie in Ihrer App unter „Instagram“ ein, mit dem Bestätigungstoken darunter. Reprise abonniert für das Konto, was nötig ist.",
  sent: (name) => `Meta kennt dieses Konto als ${name} und meldet uns, was ihm geschrieben wird.`,
  sure: "Instagram trennen?",
  sureText: "Was über Instagram hinausginge, entfällt oder nimmt den nächsten Kanal seines Schritts. Token und Geheimcode werden vergessen.",
  disconnected: "Instagram ist getrennt",
};

const webchat: AccountWords = {
  title: "Website-Chat",
  text: "Ein Chat auf den Seiten Ihres Shops. Er antwortet mit Ihren Abläufen und übergibt an Sie, sobald jemand nach einem Menschen fragt. Er setzt kein Cookie.",
  provider: "Die Website",
  fields: {
    greeting: { label: "Begrüßung", hint: "Leer gelassen steht dort eine übliche, in der Sprache der Seite." },
    color: { label: "Farbe", hint: "Wie #22211f. Leer gelassen gilt die Farbe der Schaltflächen Ihrer Marke." },
    origins: { label: "Weitere Adressen Ihres Shops", hint: "Der Chat funktioniert nur auf den Seiten Ihres Shops. Hat er noch andere als die uns bekannte, etwa https://shop.example.com, tragen Sie sie hier mit Leerzeichen dazwischen ein." },
  },
  saved: "Der Website-Chat ist eingeschaltet",
  address: "Code für Ihre Seiten",
  addressHint: "Für jede andere Ihrer Seiten: Fügen Sie ihn vor </body> ein. Nichts öffnet sich von selbst.",
  sent: (name) => name,
  sure: "Website-Chat ausschalten?",
  sureText: "Seine Schaltfläche verschwindet von Ihren Seiten. Was an Besucher ginge, entfällt oder nimmt den nächsten Kanal seines Schritts.",
  disconnected: "Der Website-Chat ist ausgeschaltet",
};

export const channels: ChannelWords = {
  sms,
  plivo,
  whatsapp,
  messenger,
  instagram,
  webchat,
  turnOn: "Einschalten",
  turnOff: "Ausschalten",
  chat: {
    shopify: {
      text: "Schalten Sie im Theme-Editor unter den App-Einbettungen „Website-Chat“ ein, fügen Sie dort diese beiden Angaben ein und speichern Sie.",
      open: "Theme-Editor öffnen",
    },
    woocommerce: {
      text: "Setzen Sie in den Einstellungen des Reprise-Plugins den Haken bei „Website-Chat“ und speichern Sie. Mehr ist nicht nötig.",
      open: "Einstellungen des Plugins öffnen",
    },
    appUrl: "Adresse der App",
    storeKey: "Schlüssel des Shops",
    copyKey: "Schlüssel des Shops kopieren",
    pasteHint: "Fügen Sie ihn in Ihr Theme ein, vor </body>: Dann ist der Chat auf jeder Seite. Nichts öffnet sich von selbst.",
  },
  copyCode: "Den Code kopieren",
  setUp: "Einrichten",
  kept: "Bleibt das Feld leer, gilt das bisherige weiter.",
  connect: "Verbinden",
  save: "Speichern",
  copy: "Kopieren",
  copyAddress: "Adresse kopieren",
  copyWord: "Bestätigungstoken kopieren",
  copied: "Kopiert",
  verifyToken: "Bestätigungstoken",
  connected: (at) => `Verbunden ${at}`,
  setUpAt: (at) => `Eingerichtet ${at}`,
  onSince: (at) => `Eingeschaltet ${at}`,
  visitorWrote: (at) => `Zuletzt schrieb ein Besucher ${at}`,
  nobodyWrote: "Noch hat kein Besucher geschrieben",
  heard: (who, at) => `${who} hat zuletzt ${at} etwas gemeldet`,
  unheard: (who) => `${who} hat noch nichts gemeldet`,
  unproven: (secret) => `Ob „${secret}“ stimmt, zeigt sich erst beim ersten Aufruf von Meta: Schreiben Sie Ihrem Konto von einem anderen aus.`,
  nothingTaken: (who) => `Von ${who} konnte noch nichts angenommen werden`,
  turnedAway: (who, at, what) =>
    `Abgewiesen ${at}: ein Aufruf, der nicht mit der Angabe „${what}“ von hier signiert war. Fehlen Nachrichten Ihrer Kundschaft, kopieren Sie die Angabe noch einmal aus dem Konto bei ${who}.`,
  trouble: (at) => `Hat ${at} nicht funktioniert.`,
  tokenEnds: (day) => `Zugriffstoken gültig bis ${day}, wird vorher von selbst erneuert`,
  paused: "Zurzeit geht nichts hinaus. Alle paar Minuten wird es neu versucht.",
  test: "Test senden",
  to: "An welche Nummer",
  ask: "Verbindung prüfen",
  failed: "Die Nachricht ging nicht hinaus.",
  refused: "Noch funktioniert es nicht.",
  disconnect: "Trennen",
  cancel: "Abbrechen",
  only: "Dazu braucht es die Rolle „Veröffentlichen“. Fragen Sie jemanden aus Ihrem Team.",
  phone: "Mit Ländervorwahl, etwa +4915550100",
  keyword: {
    title: { sms: "Zustimmung per SMS", whatsapp: "Zustimmung per WhatsApp" },
    text: "Wer dieses Wort schreibt, stimmt Ihrer Werbung auf diesem Kanal zu. Was Sie daneben zeigen, wird mit der Zustimmung aufbewahrt, so wie es dann lautete.",
    word: "Stichwort",
    wordHint: "Nur dieses Wort, groß oder klein geschrieben: zum Beispiel DABEI.",
    wording: "Was neben dem Stichwort steht",
    wordingHint: "Der Text auf Ihrem Schild, Ihrer Seite oder dem Kassenbon: was man bekommt, wie oft, und dass STOP es beendet.",
    answer: (text) => `Das wird geantwortet: ${text}`,
    save: "Stichwort speichern",
    start: "Auf dieses Wort warten",
    saved: "Auf das Stichwort wird gewartet",
    stop: "Nicht mehr auf das Stichwort warten",
    stopped: "Auf das Stichwort wird nicht mehr gewartet",
    sure: "Nicht mehr auf das Stichwort warten?",
    sureText: "Niemand stimmt von da an so zu. Wer zugestimmt hat, bekommt weiter, wozu er zugestimmt hat.",
  },
  templates: {
    title: "WhatsApp-Vorlagen",
    text: "Im WhatsApp Manager geschrieben und freigegeben. Ein Nachrichtenschritt wählt eine davon.",
    synced: (at: string) => `Abgefragt ${at}, und jeden Tag wieder`,
    sync: "Jetzt abgleichen",
    synchronised: "Die Vorlagen sind auf dem neuesten Stand",
    none: "Noch ist keine Vorlage bekannt. Legen Sie eine im WhatsApp Manager an und gleichen Sie dann ab.",
    name: "Vorlage",
    language: "Sprache",
    category: "Kategorie",
    status: "Status",
    categories: { marketing: "Marketing", utility: "Service", authentication: "Anmeldung" } as Record<string, string>,
    statuses: {
      approved: "Freigegeben", pending: "In Prüfung", in_appeal: "Im Einspruch", rejected: "Abgelehnt", paused: "Pausiert", disabled: "Gesperrt",
    } as Record<string, string>,
    test: "Test senden",
    which: "Vorlage",
    sent: (to: string) => `Meta hat die Vorlage an ${to} angenommen.`,
  },
};
