// What a campaign says, in short, and the way to its editor.
import { Eye, Send } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import { readable } from "../readable";
import { to } from "../place";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { PanelCampaign } from "../types";
import { channelsOf, type Message, messagesOf } from "./steps";
import { words } from "./words";

const says = words.one;
const Look = lazy(() => import("./Look"));
const Test = lazy(() => import("./Test"));

export function MessageCard({ campaign, canChange }: { campaign: PanelCampaign; canChange: boolean }) {
  const { format } = useStore();
  const messages = messagesOf(campaign);
  const mayEdit = useMay("edit");
  return (
    <section className="card" aria-labelledby="message">
      <div className="chead">
        <h2 id="message">{says.message}</h2>
        {canChange && mayEdit && (
          <Link className="btn" href={to(`/campaigns/${campaign.id}/message`)}>
            {says.write}
          </Link>
        )}
      </div>
      {messages.length > 1 && <p className="sub">{says.variants(messages.length)}</p>}
      <ul className="rows">
        {messages.map((message) => (
          <li key={message.id}>
            <b>{readable(message.template?.subject ?? "")}</b>
            {message.template?.preview && <div className="sub">{readable(message.template.preview)}</div>}
            <div className="sub small">
              {says.by(format.either(channelsOf(message).map((name) => strings.channels[name] ?? name)))}
            </div>
            <Deeds message={message} canTest={mayEdit} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** To see a message as it is sent, and to have it sent to oneself: for e-mail, which has a picture. */
function Deeds({ message, canTest }: { message: Message; canTest: boolean }) {
  const [shown, show] = useState<"look" | "test" | null>(null);
  const close = () => show(null);
  if (!channelsOf(message).includes("email") || !message.template) return null;
  return (
    <span className="inline" style={{ marginBlockStart: 8 }}>
      <button type="button" className="btn" onClick={() => show("look")}>
        <Eye size={14} aria-hidden />
        {says.look}
      </button>
      {canTest && (
        <button type="button" className="btn" onClick={() => show("test")}>
          <Send size={14} aria-hidden />
          {says.test}
        </button>
      )}
      <Suspense>
        {shown === "look" && <Look message={message} close={close} />}
        {shown === "test" && <Test message={message} close={close} />}
      </Suspense>
    </span>
  );
}
