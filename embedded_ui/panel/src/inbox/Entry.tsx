// One thing of a thread: what the customer wrote, what was answered and how far that got, what flows sent.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check, CheckCheck, CircleAlert, CircleHelp, Clock, Lock } from "lucide-react";
import { Link } from "wouter";
import { send } from "../api";
import { to } from "../place";
import { useMay, useStore } from "../store";
import { Attached } from "../timeline/Attached";
import { strings } from "../strings";
import type { ThreadEntry } from "../types";
import { Refusal } from "../ui/Refusal";
import { Failure } from "../ui/states";
import { OpenFile } from "./OpenFile";
import { words } from "./words";

/** Who takes a conversation over, where a rule or a flow hands it to them. */
const BY_HAND = new Set(["merchant", "platform"]);

type Props = { entry: ThreadEntry; customer: string; name: string; answer?: (comment: ThreadEntry) => void };

export function Entry({ entry, customer, name, answer }: Props) {
  const { format } = useStore();
  if (entry.kind === "hands") {
    return (
      <li className="ibnote small sub">
        {handsOf(entry)} · {format.moment(entry.at)}
        {entry.by && (entry.who || entry.state !== "human" || !BY_HAND.has(entry.by)) && <div>{strings.timeline.hands[entry.by]?.((entry.by === "flow" ? entry.flow_name : entry.who) ?? "")}</div>}
        {entry.why && <div>{words.because(entry.why)}</div>}
      </li>
    );
  }
  if (entry.kind === "message") return <OfFlow entry={entry} customer={customer} />;
  const isTheirs = entry.kind === "inbound";
  return (
    <li className={isTheirs ? "ibsaid theirs" : "ibsaid"}>
      <div className="ibbubble">
        <span className="small sub">{isTheirs ? (words.wroteBy[entry.how ?? ""] ?? words.wrote)(name) : saidBy(entry)}</span>
        {entry.template && <span className="badge">{words.template.named(entry.template)}</span>}
        <Attached
          attachments={entry.attachments}
          open={(one, index) => <OpenFile attachment={one} path={`/conversations/${customer}/attachments/${entry.id}/${index + 1}`} />}
        />
        {entry.text ? <p>{entry.text}</p> : !entry.cards.length && !entry.attachments.length && <p><i>{entry.text === null ? words.deleted : words.noWords}</i></p>}
        {entry.cards.map((card) => (
          <div className="ibcard" key={card.url || card.title}>
            {card.picture && <img src={card.picture} alt="" width={48} height={48} />}
            <span>
              <b>{card.title}</b>
              <br />
              <span className="sub small">{card.subtitle}</span>
            </span>
          </div>
        ))}
      </div>
      <div className="small sub inline">
        <span>{format.moment(entry.at)}</span>
        {entry.channel && <span>{strings.channels[entry.channel] ?? entry.channel}</span>}
        {!isTheirs && entry.state && <State state={entry.state} />}
      </div>
      {!isTheirs && <Trouble entry={entry} customer={customer} />}
      {entry.private_answer && <Privately entry={entry} told={entry.private_answer} answer={answer} />}
    </li>
  );
}

type Told = { entry: ThreadEntry; told: NonNullable<ThreadEntry["private_answer"]>; answer: Props["answer"] };

/** Whether a comment may still be answered privately: Meta takes one answer, within a week. */
function Privately({ entry, told, answer }: Told) {
  const { format } = useStore();
  const why = told.refusal === "comment_answered" ? words.privatelyDone : strings.reasons[told.refusal ?? ""];
  if (told.refusal) return <p className="small sub ibprivate">{why}</p>;
  if (!answer) return null;
  return (
    <div className="small sub inline ibprivate">
      <button type="button" className="btn" onClick={() => answer(entry)}>
        <Lock size={14} aria-hidden />
        {words.answerPrivately}
      </button>
      <span>{words.privatelyUntil(format.moment(told.ends_at))}</span>
    </div>
  );
}

function handsOf({ state, channel, reason, by }: ThreadEntry): string {
  const where = channel ? (strings.channels[channel] ?? channel) : "";
  if (state === "elsewhere") return words.movedTo[reason ?? ""]?.(where) ?? words.handedOver;
  if (state === "here") return words.returned(where);
  if (state !== "human") return words.handedBack;
  return BY_HAND.has(by ?? "") ? words.handedOver : words.handedToYou;
}

function saidBy(entry: ThreadEntry): string {
  const writer = writerOf(entry);
  return entry.how === "private_reply" ? words.answeredComment(writer) : writer;
}

function writerOf({ author, author_name, by, channel }: ThreadEntry): string {
  if (author === "bot") return words.machine;
  if (by === "platform" && channel) return words.onPlatform(strings.channels[channel] ?? channel);
  return author_name || words.you;
}

function OfFlow({ entry, customer }: { entry: ThreadEntry; customer: string }) {
  const { format } = useStore();
  return (
    <li className="ibnote small sub">
      <Link className="link" href={to(`/customers/${customer}`)}>
        {entry.subject ? words.sentMail(entry.subject) : words.sentUntitled}
      </Link>{" "}
      · {entry.flow_name && words.ofFlow(entry.flow_name)} · {format.moment(entry.at)}
    </li>
  );
}

const SIGNS: Record<string, typeof Check> = {
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  failed: CircleAlert,
  dropped: CircleAlert,
  unknown: CircleHelp,
};

export function State({ state }: { state: string }) {
  const Sign = SIGNS[state] ?? Clock;
  return (
    <span className={state === "failed" ? "ibstate bad" : "ibstate"}>
      <Sign size={12} aria-hidden />
      {words.states[state]}
    </span>
  );
}

function Trouble({ entry, customer }: { entry: ThreadEntry; customer: string }) {
  const mayAnswer = useMay("answer");
  const queries = useQueryClient();
  const retry = useMutation({
    mutationFn: () => send("POST", `/conversations/${customer}/replies/${entry.id}/retry`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["thread", customer] }),
  });
  if (entry.state === "unknown") return <p className="small sub">{words.unknownText}</p>;
  if (entry.state !== "failed" && entry.state !== "dropped") return null;
  const why = entry.reason && (words.refusals[entry.reason] ?? strings.reasons[entry.reason]);
  return (
    <div className="small ibtrouble">
      {entry.state === "failed" && why && <p className="wrong">{why}</p>}
      {entry.state === "failed" && entry.detail && <Refusal meaning={entry.meaning} detail={entry.detail} tone="wrong" />}
      {retry.error && <Failure error={retry.error} retry={() => retry.mutate()} />}
      {mayAnswer && entry.author === "person" && (
        <button type="button" className="btn" disabled={retry.isPending} onClick={() => retry.mutate()}>
          {words.retry}
        </button>
      )}
    </div>
  );
}
