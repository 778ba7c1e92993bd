// What a campaign says, in short, and the way to its editor.
import { Link } from "wouter";
import { readable } from "../flow/words";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import type { PanelCampaign } from "../types";
import { channelsOf, messagesOf } from "./steps";
import { words } from "./words";

const says = words.one;

export function MessageCard({ campaign, canChange }: { campaign: PanelCampaign; canChange: boolean }) {
  const { format } = useStore();
  const messages = messagesOf(campaign);
  return (
    <section className="card" aria-labelledby="message">
      <div className="chead">
        <h2 id="message">{says.message}</h2>
        {canChange && (
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
          </li>
        ))}
      </ul>
    </section>
  );
}
