// Small marks: a flow's status, the channels it writes on, what a customer said.
import { Camera, Globe, Mail, MessageCircle, MessageSquare, MessagesSquare } from "lucide-react";
import { strings } from "../strings";

const STATUS_TONE: Record<string, string> = { live: "ok", paused: "warn", draft: "" };
export const CHANNEL_ICONS: Record<string, typeof Mail> = {
  email: Mail,
  sms: MessageSquare,
  whatsapp: MessageCircle,
  messenger: MessagesSquare,
  instagram: Camera,
  webchat: Globe,
};
const CONSENT_TONE: Record<string, string> = {
  subscribed: "ok",
  unsubscribed: "bad",
  invalid: "bad",
  pending: "warn",
};

export function StatusBadge({ status }: { status: string }) {
  return (
    <span className={`badge ${STATUS_TONE[status] ?? ""}`}>{strings.statuses[status] ?? status}</span>
  );
}

export function Channels({ names }: { names: string[] }) {
  return (
    <span className="chs">
      {names.map((name) => {
        const Icon = CHANNEL_ICONS[name] ?? Mail;
        return <Icon key={name} size={15} role="img" aria-label={strings.channels[name] ?? name} />;
      })}
    </span>
  );
}

export function ConsentBadge({ state }: { state: string | null }) {
  const known = strings.consent as unknown as Record<string, string>;
  const tone = CONSENT_TONE[state ?? ""] ?? "";
  return <span className={`badge ${tone}`}>{known[state ?? "unknown"] ?? state}</span>;
}
