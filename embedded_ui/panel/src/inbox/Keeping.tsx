// Saved replies: the ones there are, each to be changed or deleted; and what is written now, kept for next time.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pencil, Trash2 } from "lucide-react";
import { type FormEvent, type RefObject, useId, useRef, useState } from "react";
import { ApiError, send } from "../api";
import type { SavedReplies, SavedReply } from "../types";
import { Failure } from "../ui/states";
import { words } from "./words";

const LONGEST = { name: 80, text: 4096 };

export function Keeping({ text, saved }: { text: string; saved: SavedReply[] }) {
  const [edited, edit] = useState<SavedReply | null>(null);
  const back = useRef<HTMLUListElement>(null);
  const leave = () => {
    const id = edited?.id;
    edit(null);
    // The button that led here is drawn anew: whoever works by keyboard goes on from it.
    requestAnimationFrame(() => back.current?.querySelector<HTMLElement>(`[data-of="${id}"]`)?.focus());
  };
  if (edited) return <Change key={edited.id} reply={edited} leave={leave} />;
  return (
    <>
      <p className="small sub">{saved.length ? words.savedHint : words.savedEmpty}</p>
      <Shelf saved={saved} edit={edit} list={back} />
      {text.trim() && <Add text={text} />}
    </>
  );
}

function useKept() {
  const queries = useQueryClient();
  return (told: SavedReplies) => queries.setQueryData(["saved-replies"], told);
}

type ShelfProps = { saved: SavedReply[]; edit: (reply: SavedReply) => void; list: RefObject<HTMLUListElement | null> };

function Shelf({ saved, edit, list }: ShelfProps) {
  const kept = useKept();
  const remove = useMutation({
    mutationFn: (one: string) => send<SavedReplies>("DELETE", `/saved-replies/${one}`),
    onSuccess: kept,
  });
  return (
    <>
      <ul className="ibshelf" ref={list}>
        {saved.map((reply) => (
          <li key={reply.id} className="inline">
            <span className="grow clip">{reply.name}</span>
            <button type="button" className="btn icon plain" data-of={reply.id} aria-label={words.change(reply.name)} onClick={() => edit(reply)}>
              <Pencil size={14} aria-hidden />
            </button>
            <button type="button" className="btn icon plain" aria-label={words.remove(reply.name)} onClick={() => remove.mutate(reply.id)}>
              <Trash2 size={14} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {remove.error && <Failure error={remove.error} retry={() => remove.reset()} />}
    </>
  );
}

function Add({ text }: { text: string }) {
  const id = useId();
  const kept = useKept();
  const [name, call] = useState("");
  const add = useMutation({
    mutationFn: () => send<SavedReplies>("POST", "/saved-replies", { name: name.trim(), text }),
    onSuccess: (told) => {
      kept(told);
      call("");
    },
  });
  return (
    <form onSubmit={submitting(() => add.mutate())}>
      <div className="field">
        <label htmlFor={id}>{words.saveName}</label>
        <input id={id} className="input" maxLength={LONGEST.name} value={name} onChange={(event) => call(event.target.value)} />
      </div>
      <button className="btn" disabled={!name.trim() || add.isPending}>
        {words.saveThis}
      </button>
      {add.error && <Failure error={add.error} retry={() => add.mutate()} />}
    </form>
  );
}

function Change({ reply, leave }: { reply: SavedReply; leave: () => void }) {
  const id = useId();
  const kept = useKept();
  const [told, tell] = useState({ name: reply.name, text: reply.text });
  const put = useMutation({
    mutationFn: () => send<SavedReplies>("PUT", `/saved-replies/${reply.id}`, { ...told, name: told.name.trim() }),
    onSuccess: (all) => {
      kept(all);
      leave();
    },
  });
  const isTaken = put.error instanceof ApiError && put.error.field === "name";
  return (
    <form className="ibchange" onSubmit={submitting(() => put.mutate())}>
      <div className="field">
        <label htmlFor={`${id}-name`}>{words.saveName}</label>
        <input
          id={`${id}-name`}
          className="input"
          autoFocus
          maxLength={LONGEST.name}
          value={told.name}
          aria-invalid={isTaken || undefined}
          aria-describedby={isTaken ? `${id}-wrong` : undefined}
          onChange={(event) => tell({ ...told, name: event.target.value })}
        />
        {isTaken && (
          <p className="small wrong" id={`${id}-wrong`} role="alert">
            {put.error?.message}
          </p>
        )}
      </div>
      <div className="field">
        <label htmlFor={`${id}-text`}>{words.savedText}</label>
        <textarea
          id={`${id}-text`}
          className="input"
          rows={5}
          maxLength={LONGEST.text}
          value={told.text}
          onChange={(event) => tell({ ...told, text: event.target.value })}
        />
        <p className="small sub">{words.savedHint}</p>
      </div>
      {put.error && !isTaken && <Failure error={put.error} retry={() => put.mutate()} />}
      <div className="inline">
        <button className="btn primary" disabled={!told.name.trim() || !told.text.trim() || put.isPending}>
          {words.save}
        </button>
        <button type="button" className="btn" onClick={leave}>
          {words.leave}
        </button>
      </div>
    </form>
  );
}

/** Submit this form alone: it stands inside the one of the reply. */
const submitting = (act: () => void) => (event: FormEvent) => {
  event.preventDefault();
  event.stopPropagation();
  act();
};
