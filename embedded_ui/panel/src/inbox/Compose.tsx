// The box to answer in: by which channel and how long that may be, or a comment; saved replies at "/", a product.
import { X } from "lucide-react";
import { type FormEvent, type KeyboardEvent, lazy, Suspense, useEffect, useId, useRef, useState } from "react";
import { Link } from "wouter";
import { duration } from "../format";
import { to } from "../place";
import { strings } from "../strings";
import type { ProductLine, SavedReply, Thread, ThreadEntry } from "../types";
import { type Draft, useSaved, useWriting } from "./calls";
import { words } from "./words";

const Pickers = lazy(() => import("./Pickers"));
const TemplateForm = lazy(() => import("./TemplateForm"));

type Props = {
  thread: Thread;
  seen: number;
  isSending: boolean;
  submit: (draft: Draft) => void;
  /** The public comment that is answered privately; null: the conversation is. */
  comment: ThreadEntry | null;
  leave: () => void;
};

export function Compose({ thread, seen, isSending, submit, comment, leave }: Props) {
  const own = useId();
  const [text, write] = useState("");
  const [product, insert] = useState<ProductLine | null>(null);
  const isAsked = new URLSearchParams(location.search).has("write");
  const [wanted, choose] = useState(() => (isAsked ? openWay(thread) : ""));
  const [at, move] = useState(0);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (comment) box.current?.focus();
  }, [comment]);
  useEffect(() => {
    if (isAsked) box.current?.focus();
  }, [isAsked]);
  const tell = useWriting(thread.conversation.customer_id);
  const saved = useSaved().data?.saved ?? [];
  const ways = thread.ways;
  const way = ways.find(({ channel }) => channel === (comment?.channel ?? (wanted || thread.conversation.channel))) ?? ways.find(canGo);
  const isClosed = Boolean(way?.refusal) && !comment;
  const found = text.startsWith("/") ? saved.filter(({ name }) => name.toLowerCase().startsWith(text.slice(1).toLowerCase())) : [];
  const picked = Math.min(at, found.length - 1);

  const fill = (reply: SavedReply) => {
    write(filled(reply.text, thread.customer));
    move(0);
  };
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (!way || isClosed || isSending || !(text.trim() || product)) return;
    const said = { text: filled(text, thread.customer), key: crypto.randomUUID(), product_id: product?.id ?? null };
    submit({ channel: way.channel, seen, anyway: false, ...said, ...(comment && { comment_id: comment.id }) });
    write("");
    insert(null);
    leave();
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (found.length && step) {
      event.preventDefault();
      move((picked + step + found.length) % found.length);
    } else if (found.length && event.key === "Enter") {
      event.preventDefault();
      fill(found[picked]!);
    } else if (event.key === "Escape" && text.startsWith("/")) {
      write("");
    } else if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      send();
    }
  };
  if (!way) {
    return (
      <p className="sub ibtry">
        {words.noWay}{" "}
        <Link className="link" href={to("/settings/channels")}>
          {words.tryLink}
        </Link>
      </p>
    );
  }
  const by = (
    <select className="input ibby" aria-label={words.by} value={way.channel} onChange={(event) => choose(event.target.value)}>
      {ways.map(({ channel }) => (
        <option key={channel} value={channel}>
          {strings.channels[channel] ?? channel}
        </option>
      ))}
    </select>
  );
  if (isClosed && way.takes_templates) {
    return (
      <div className="ibcompose">
        <p className="small sub">{words.template.instead}</p>
        <Suspense>
          <TemplateForm thread={thread} way={way} seen={seen}>
            {by}
          </TemplateForm>
        </Suspense>
      </div>
    );
  }
  return (
    <form className="ibcompose" onSubmit={send}>
      {text.startsWith("/") && (
        <ul className="ibsaved" role="listbox" id={`${own}-saved`} aria-label={words.saved}>
          {found.map((reply, index) => (
            <li
              key={reply.id}
              id={`${own}-${index}`}
              role="option"
              aria-selected={index === picked}
              onPointerDown={(event) => {
                event.preventDefault();
                fill(reply);
              }}
            >
              <b>{reply.name}</b> <span className="sub">{reply.text}</span>
            </li>
          ))}
        </ul>
      )}
      {comment && (
        <p className="inline small ibquote">
          <span className="grow clip">{words.toComment(comment.text || words.noText)}</span>
          <button type="button" className="btn icon plain" aria-label={words.leaveComment} onClick={leave}>
            <X size={14} aria-hidden />
          </button>
        </p>
      )}
      <textarea
        className="input"
        rows={3}
        ref={box}
        aria-label={comment ? words.privateAnswer : words.replyTo(strings.channels[way.channel] ?? way.channel)}
        aria-controls={text.startsWith("/") ? `${own}-saved` : undefined}
        aria-activedescendant={found.length ? `${own}-${picked}` : undefined}
        aria-autocomplete="list"
        placeholder={thread.conversation.is_begun ? words.placeholder : words.firstPlaceholder}
        maxLength={4096}
        value={text}
        onChange={(event) => {
          write(event.target.value);
          if (event.target.value.trim() && thread.conversation.is_begun) tell();
        }}
        onKeyDown={press}
      />
      {product && (
        <p className="inline">
          <span className="badge">{product.title}</span>
          <button type="button" className="btn icon plain" aria-label={words.withoutProduct(product.title)} onClick={() => insert(null)}>
            <X size={14} aria-hidden />
          </button>
        </p>
      )}
      {comment ? <p className="small sub">{words.privateOnce}</p> : <Window way={way} now={thread.now} />}
      <div className="inline">
        {!comment && by}
        <Suspense>
          <Pickers insert={insert} text={text} saved={saved} />
        </Suspense>
        <span className="grow" />
        <button className="btn primary" disabled={isClosed || isSending || !(text.trim() || product)}>
          {words.send}
        </button>
      </div>
    </form>
  );
}

type Way = Thread["ways"][number];
const canGo = ({ refusal, takes_templates }: Way) => !refusal || takes_templates;

/** Give by what somebody is written to who comes from their page: as they wrote last, if that is open. */
function openWay({ ways, conversation }: Thread): string {
  const open = ways.filter(({ refusal }) => !refusal);
  const way = open.find(({ channel }) => channel === conversation.channel) ?? open[0] ?? ways.find(canGo);
  return way?.channel ?? "";
}

/** Put what is known of the customer into a saved reply; of a name that nobody knows the gap before it goes, too. */
const filled = (text: string, { first_name, cart_link }: Thread["customer"]) =>
  text
    .replace(/(\s*)\{first_name\}/g, (_, gap: string) => (first_name ? gap + first_name : ""))
    .replaceAll("{cart_link}", () => cart_link ?? "");

function Window({ way, now }: { way: Way; now: string }) {
  if (way.refusal === "channel_window") return <p className="small wrong">{words.windowClosed}</p>;
  if (way.refusal?.startsWith("led_")) return <p className="small wrong">{strings.reasons[way.refusal]}</p>;
  if (way.refusal) return <p className="small wrong">{words.refusals[way.refusal]}</p>;
  if (!way.ends_at) return null;
  const left = duration(Math.max(60, Math.floor((Date.parse(way.ends_at) - Date.parse(now)) / 60_000) * 60));
  return <p className="small sub">{way.is_late ? words.windowLate(left) : words.windowOpen(left)}</p>;
}
