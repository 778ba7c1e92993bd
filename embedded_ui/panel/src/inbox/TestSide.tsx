// The visitor's side of a test conversation: what they see, and a box to write as one; beside the thread, on less room in its place.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { send } from "../api";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import type { TestLine, TestLines, Thread } from "../types";
import { Asked, asks } from "../ui/Asked";
import { Failure } from "../ui/states";
import { again, OFTEN } from "./calls";
import { words } from "./words";

const AGENT = "AGENT";
const KEY = ["test-lines"];
type Said = { text: string; payload?: string };

export default function TestSide({ thread, isShown, back }: { thread: Thread; isShown: boolean; back: () => void }) {
  const { is_own_test, customer_id } = thread.conversation;
  const { format } = useStore();
  return (
    <aside className="ibperson ibtest" aria-label={words.test.title} data-shown={isShown && is_own_test ? "" : undefined}>
      <div className="inline">
        {is_own_test && (
          <button type="button" className="btn icon plain ibvisit" aria-label={words.test.back} onClick={back}>
            <ArrowLeft size={16} aria-hidden />
          </button>
        )}
        <h2 className="grow">{words.test.title}</h2>
      </div>
      <p className="small sub">{is_own_test ? words.test.hint : words.test.ofOthers}</p>
      <p className="small sub ibzone">{strings.customer.times(format.timeZone)}</p>
      {is_own_test && <Visitor key={customer_id} id={customer_id} />}
      <Remove id={customer_id} />
    </aside>
  );
}

/** What was said behind what is known already, and the news of it: what is shown is told as seen. */
function useLines(id: string) {
  const queries = useQueryClient();
  const key = [...KEY, id];
  return useQuery({
    queryKey: key,
    queryFn: async () => {
      const known = queries.getQueryData<TestLine[]>(key) ?? [];
      const after = known.at(-1)?.number ?? 0;
      const { lines } = await send<TestLines>("POST", "/conversations/test/lines", { after, seen: after });
      return [...known, ...lines];
    },
    refetchInterval: OFTEN,
    structuralSharing: false,
  });
}

function Visitor({ id }: { id: string }) {
  const queries = useQueryClient();
  const asked = useLines(id);
  const [text, write] = useState("");
  const own = useRef(crypto.randomUUID());
  const end = useRef<HTMLDivElement>(null);
  const lines = asked.data ?? [];
  const say = useMutation({
    mutationFn: (said: Said) => send("POST", "/conversations/test/said", { id: own.current, ...said }),
    onSuccess: (_, { payload }) => {
      own.current = crypto.randomUUID();
      if (!payload) write("");
      return Promise.all([asked.refetch(), again(queries)]);
    },
  });
  const newest = lines.at(-1)?.number;
  useEffect(() => {
    end.current?.scrollIntoView?.({ block: "nearest" });
  }, [newest]);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() && !say.isPending) say.mutate({ text });
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <>
      {asked.error && <Failure error={asked.error} retry={asked.refetch} isOld={Boolean(asked.data)} />}
      <div className="ibentries" role="log" tabIndex={0} aria-label={words.test.log}>
        {asked.data && !lines.length && <p className="small sub">{words.test.empty}</p>}
        {lines.map((line) => (
          <Line key={line.number} line={line} isLast={line.number === newest} say={(said) => say.mutate(said)} />
        ))}
        <div ref={end} aria-hidden />
      </div>
      {say.error && <Failure error={say.error} retry={() => say.variables && say.mutate(say.variables)} />}
      <form className="ibvisitor" onSubmit={submit}>
        <textarea
          className="input"
          rows={2}
          aria-label={words.test.write}
          placeholder={words.test.write}
          maxLength={2000}
          value={text}
          onChange={(event) => write(event.target.value)}
          onKeyDown={press}
        />
        <div className="inline">
          <button type="button" className="btn" disabled={say.isPending} onClick={() => say.mutate({ text: words.test.person, payload: AGENT })}>
            {words.test.person}
          </button>
          <span className="grow" />
          <button className="btn primary" aria-label={words.test.send} disabled={say.isPending || !text.trim()}>
            {words.send}
          </button>
        </div>
      </form>
    </>
  );
}

function Line({ line, isLast, say }: { line: TestLine; isLast: boolean; say: (said: Said) => void }) {
  const isVisitor = line.author === "visitor";
  const who = isVisitor ? words.test.you : line.author === "person" ? words.you : words.machine;
  // The way to a person is always at the foot; other answers are over once something was said.
  const offers = line.buttons.filter(({ payload }) => isLast && payload && payload !== AGENT);
  return (
    <div className={isVisitor ? "ibsaid" : "ibsaid theirs"}>
      <span className="small sub">{who}</span>
      <div className="ibbubble">
        {line.text && <p>{line.text}</p>}
        {line.cards.map((card, at) => (
          <div key={at} className="ibcard">
            {card.picture && <img src={card.picture} alt="" width={40} height={40} />}
            <span>
              <b>{card.title}</b> <span className="sub">{card.subtitle}</span>
            </span>
          </div>
        ))}
      </div>
      {offers.map(({ label, payload }) => (
        <button key={payload} type="button" className="btn" onClick={() => say({ text: label, payload })}>
          {label}
        </button>
      ))}
    </div>
  );
}

function Remove({ id }: { id: string }) {
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [isAsked, ask] = useState(false);
  const remove = useMutation({
    mutationFn: () => send("DELETE", `/conversations/${id}/test`),
    onSuccess: () => {
      queries.removeQueries({ queryKey: ["thread", id] });
      queries.removeQueries({ queryKey: KEY });
      go(to("/inbox"));
      return again(queries);
    },
  });
  return (
    <>
      {remove.error && <Failure error={remove.error} retry={() => remove.mutate()} />}
      <p>
        <button type="button" className="btn plain" onClick={() => ask(true)} {...asks}>
          {words.test.remove}
        </button>
      </p>
      <Asked
        isOpen={isAsked}
        open={ask}
        title={words.test.removeTitle}
        text={words.test.removeText}
        keep={words.test.keep}
        act={
          <button type="button" className="btn danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
            {words.test.remove}
          </button>
        }
      />
    </>
  );
}
