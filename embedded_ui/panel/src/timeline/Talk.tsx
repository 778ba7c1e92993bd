// What was said outside of flows: what the customer wrote, and what a person or a machine answered.
import { MessageCircle, MessageCircleReply } from "lucide-react";
import { Link, useParams } from "wouter";
import { words as own } from "../people/words";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import type { AnswerEntry, InboundEntry } from "../types";
import { Refusal } from "../ui/Refusal";
import { Attached } from "./Attached";
import { Row } from "./Row";

const words = own.talk;
const TONES: Record<string, string> = { sent: "ok", delivered: "ok", read: "ok", failed: "bad", dropped: "warn", unknown: "warn" };

export function InboundView({ inbound, at }: { inbound: InboundEntry; at: string }) {
  return (
    <Row icon={MessageCircle} tone="c-chat" at={at} what={<ToThread text={words.wroteBy[inbound.how] ?? words.wrote} />}>
      {inbound.text && <p className="said">{inbound.text}</p>}
      {inbound.text === null && <p className="why">{words.deleted}</p>}
      {inbound.text === "" && !inbound.attachments.length && <p className="why">{words.noWords}</p>}
      <Attached attachments={inbound.attachments} />
      <Marks channel={inbound.channel} />
    </Row>
  );
}

export function AnswerView({ reply, at }: { reply: AnswerEntry; at: string }) {
  const { format } = useStore();
  const shown = reply.cards.map((card) => card.title);
  return (
    <Row icon={MessageCircleReply} tone="c-chat" at={at} what={<ToThread text={writerOf(reply)} />}>
      {reply.text && <p className="said">{reply.text}</p>}
      <Attached attachments={reply.attachments} />
      {reply.template && <p className="why">{words.template(reply.template)}</p>}
      {shown.length > 0 && <p className="why">{words.showed(format.list(shown))}</p>}
      <WhyNot reply={reply} />
      <Marks channel={reply.channel} state={reply.state} />
    </Row>
  );
}

function writerOf({ author, author_name, by }: AnswerEntry): string {
  if (author === "bot") return words.machine;
  if (by === "platform") return words.onPlatform;
  return author_name ? words.answered(author_name) : words.team;
}

function WhyNot({ reply: { state, reason, detail, meaning } }: { reply: AnswerEntry }) {
  if (state === "unknown") return <p className="why strong">{strings.timeline.unsure}</p>;
  if (state === "dropped") return null;
  if (reason) return <p className="why strong">{strings.reasons[reason] ?? reason}</p>;
  return detail ? <Refusal meaning={meaning} detail={detail} tone="why strong" /> : null;
}

function ToThread({ text }: { text: string }) {
  const { id } = useParams<{ id: string }>();
  return (
    <Link className="rowlink" href={to(`/inbox/${id}`)}>
      {text}
    </Link>
  );
}

function Marks({ channel, state }: { channel: string; state?: string }) {
  return (
    <p className="marks">
      <span className="badge">{strings.channels[channel] ?? channel}</span>
      {state && <span className={`badge ${TONES[state] ?? ""}`}>{words.states[state] ?? state}</span>}
    </p>
  );
}
