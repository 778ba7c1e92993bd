// One conversation: what was said, the oldest on top; what is done with it as a whole; the box to answer.
import { ArrowLeft } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { to } from "../place";
import { useMay } from "../store";
import { strings } from "../strings";
import type { ThreadEntry } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { Called } from "./Called";
import { Compose } from "./Compose";
import { type Draft, nameOf, useDeed, useReply, useThread } from "./calls";
import { Entry } from "./Entry";
import { Assignee, Person } from "./Person";
import { Pending } from "./Pending";
import { words } from "./words";

const Hands = lazy(() => import("../ui/Hands"));
const TestSide = lazy(() => import("./TestSide"));

export function Thread({ id }: { id: string }) {
  const asked = useThread(id);
  const deed = useDeed(id);
  const reply = useReply(id);
  const mayAnswer = useMay("answer");
  const [sending, note] = useState<Draft | null>(null);
  const [isVisiting, visit] = useState<boolean | null>(null);
  const wasFresh = useRef<boolean | null>(null);
  const [comment, answer] = useState<ThreadEntry | null>(null);
  const end = useRef<HTMLLIElement>(null);
  const first = asked.data?.pages[0];
  const unread = first?.conversation.unread ?? 0;
  const newest = first?.entries[0]?.id;
  const act = deed.mutate;

  useEffect(() => {
    if (mayAnswer && unread > 0) act({ deed: "read" });
  }, [act, mayAnswer, unread]);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
  }, [newest, sending]);

  if (!first || !asked.data) {
    return (
      <section className="ibthread">
        {asked.error ? <Failure error={asked.error} retry={asked.refetch} /> : <RowSkeletons rows={5} />}
      </section>
    );
  }
  const { conversation } = first;
  const name = nameOf(conversation);
  const entries = asked.data.pages.flatMap((page) => page.entries);
  wasFresh.current ??= !entries.length;
  const submit = (draft: Draft) => {
    note(draft);
    reply.mutate(draft, { onSuccess: () => note(null) });
  };
  return (
    <>
      <section className="ibthread" aria-label={words.thread(name)}>
        <header className="ibhead">
          <Link className="btn icon plain ibback" href={to("/inbox")} aria-label={words.back}>
            <ArrowLeft size={16} aria-hidden />
          </Link>
          <h2 className="grow clip">{name}</h2>
          {conversation.is_test && <span className="badge">{words.test.badge}</span>}
          {conversation.is_own_test && (
            <button type="button" className="btn ibvisit" onClick={() => visit(true)}>
              {words.test.visit}
            </button>
          )}
          <span className="badge">{!conversation.is_begun ? words.notBegun : conversation.state === "human" ? words.human : words.automated}</span>
          {first.ways.map(({ channel, refusal }) => {
            const led = words.ledBy[refusal ?? ""];
            return led && <span key={channel} className="badge warn">{led(strings.channels[channel] ?? channel)}</span>;
          })}
          {mayAnswer && conversation.is_begun && (
            <>
              <button
                type="button"
                className="btn"
                disabled={deed.isPending}
                onClick={() => act({ deed: conversation.state === "human" ? "hand-back" : "take-over" })}
              >
                {conversation.state === "human" ? words.handBack : words.takeOver}
              </button>
              <button type="button" className="btn" disabled={deed.isPending} onClick={() => act({ deed: conversation.is_open ? "close" : "reopen" })}>
                {conversation.is_open ? words.close : words.reopen}
              </button>
            </>
          )}
        </header>
        {deed.error && <Failure error={deed.error} retry={() => deed.reset()} />}
        {asked.error && <Failure error={asked.error} retry={asked.refetch} isOld />}
        <ol className="ibentries" tabIndex={0} aria-label={words.thread(name)}>
          {asked.hasNextPage && (
            <li className="ibnote">
              <button type="button" className="btn plain" disabled={asked.isFetchingNextPage} onClick={() => asked.fetchNextPage()}>
                {words.older}
              </button>
            </li>
          )}
          {[...entries].reverse().map((entry) => (
            <Entry
              key={entry.id}
              entry={entry}
              customer={id}
              name={name}
              answer={mayAnswer && first.ways.some(({ channel }) => channel === entry.channel) ? answer : undefined}
            />
          ))}
          {!conversation.is_begun && !sending && <li className="ibnote">{words.beginHint}</li>}
          {sending && !reply.isSuccess && <Pending draft={sending} error={reply.error} send={submit} />}
          <li ref={end} aria-hidden />
        </ol>
        <p className={first.writing ? "small ibwriting" : "vh"} role="status">
          {first.writing && words.isWriting(first.writing.name)}
        </p>
        {mayAnswer ? (
          <Compose
            key={id}
            thread={first}
            seen={lastNumber(entries)}
            isSending={reply.isPending}
            submit={submit}
            comment={comment}
            leave={() => answer(null)}
          />
        ) : (
          <p className="sub ibtry">{words.takesRole}</p>
        )}
      </section>
      {conversation.is_test && mayAnswer ? (
        <Suspense fallback={<aside className="ibperson" />}>
          <TestSide thread={first} isShown={isVisiting ?? wasFresh.current === true} back={() => visit(false)} />
        </Suspense>
      ) : (
      <Person thread={first}>
        {conversation.state === "human" && (
          <Suspense>
            <Hands id={id} isBeside />
          </Suspense>
        )}
        {first.call && (
          <Called
            call={first.call}
            isSaid={conversation.state === "human" && !first.call.is_trial}
            mayJudge={mayAnswer}
            isBusy={deed.isPending}
            judge={(verdict) => act({ deed: `calls/${first.call?.id}/judge`, body: { verdict } })}
          />
        )}
        {mayAnswer && conversation.is_begun && <Assignee conversation={conversation} assign={(member_id) => act({ deed: "assign", body: { member_id } })} />}
      </Person>
      )}
    </>
  );
}

const lastNumber = (entries: ThreadEntry[]) => Math.max(0, ...entries.map(({ number }) => number ?? 0));
