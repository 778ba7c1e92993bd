// The keys of other programs: made, shown once, revoked.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { type FormEvent, useId, useRef, useState } from "react";
import { ApiError, api, send, toast } from "../api";
import { useStore } from "../store";
import { strings } from "../strings";
import type { ApiKey, ApiKeys as Kept, NewApiKey } from "../types";
import { Asked, asks } from "../ui/Asked";
import { Failure } from "../ui/states";

const KEY = ["keys"];

const words = strings.keys;

export function ApiKeys() {
  const id = useId();
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: () => api<Kept>("/keys") });
  const [made, show] = useState<NewApiKey | null>(null);
  return (
    <section className="card" aria-labelledby={id} style={{ marginBlockStart: 16 }}>
      <div className="chead">
        <h2 id={id}>{words.title}</h2>
      </div>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.text}
      </p>
      {error && !data && <Failure error={error} retry={refetch} />}
      {data && <List keys={data.keys} />}
      {data && (made ? <Shown made={made} close={() => show(null)} /> : <Maker scopes={data.scopes} show={show} />)}
    </section>
  );
}

function List({ keys }: { keys: ApiKey[] }) {
  const [asked, ask] = useState<ApiKey | null>(null);
  if (keys.length === 0) return <p className="hint">{words.none}</p>;
  return (
    <ul className="rows">
      {keys.map((key) => (
        <Line key={key.id} kept={key} revoke={() => ask(key)} />
      ))}
      <Question asked={asked} close={() => ask(null)} />
    </ul>
  );
}

function Line({ kept, revoke }: { kept: ApiKey; revoke: () => void }) {
  const { format } = useStore();
  const used = kept.last_used_at ? words.used(format.zoned(kept.last_used_at)) : words.unused;
  return (
    <li className="inline">
      <span className="grow">
        <b>{kept.name}</b> <span className="sub num">{kept.prefix}</span>
        <span className="hint">
          {[...kept.scopes.map((scope) => words.scopes[scope] ?? scope), used].join(" · ")}
        </span>
      </span>
      <button type="button" className="btn" aria-label={words.revokeOf(kept.name)} {...asks} onClick={revoke}>
        {words.revoke}
      </button>
    </li>
  );
}

function Question({ asked, close }: { asked: ApiKey | null; close: () => void }) {
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: (key: ApiKey) => send("POST", `/keys/${key.id}/revoke`),
    onSuccess: async () => {
      toast(words.revoked);
      close();
      await queries.invalidateQueries({ queryKey: KEY });
    },
  });
  return (
    <Asked
      isOpen={asked !== null}
      open={(isOpen) => !isOpen && close()}
      title={asked ? words.revokeTitle(asked.name) : ""}
      text={words.revokeText}
      keep={words.keep}
      act={
        <button
          type="button"
          className="btn primary"
          disabled={revoke.isPending}
          onClick={() => asked && revoke.mutate(asked)}
        >
          {words.revoke}
        </button>
      }
    >
      {revoke.error && <Failure error={revoke.error} retry={() => asked && revoke.mutate(asked)} />}
    </Asked>
  );
}

function Maker({ scopes, show }: { scopes: string[]; show: (made: NewApiKey) => void }) {
  const id = useId();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [may, allow] = useState<string[]>(["events:write"]);
  const make = useMutation({
    mutationFn: () => send<NewApiKey>("POST", "/keys", { name: name.trim(), scopes: may }),
    onSuccess: async (made) => {
      show(made);
      await queries.invalidateQueries({ queryKey: KEY });
    },
  });
  const wrong = make.error instanceof ApiError && make.error.field ? make.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const toggle = (scope: string) =>
    allow(may.includes(scope) ? may.filter((each) => each !== scope) : [...may, scope]);
  return (
    <form onSubmit={submit} noValidate style={{ marginBlockStart: 16 }}>
      {make.error && !wrong && <Failure error={make.error} retry={make.mutate} />}
      <div className="field">
        <label htmlFor={id}>{words.name}</label>
        <input
          id={id}
          className="input"
          maxLength={80}
          value={name}
          aria-invalid={wrong?.field === "name"}
          aria-describedby={`${id}-told`}
          onChange={(event) => setName(event.target.value)}
        />
        <span id={`${id}-told`} className={wrong ? "wrong" : "hint"}>
          {wrong ? wrong.message : words.nameHint}
        </span>
      </div>
      <fieldset className="field scopes">
        <legend className="label">{words.may}</legend>
        {scopes.map((scope) => (
          <label key={scope}>
            <input type="checkbox" checked={may.includes(scope)} onChange={() => toggle(scope)} />
            {words.scopes[scope] ?? scope}
          </label>
        ))}
      </fieldset>
      <button type="submit" className="btn" disabled={make.isPending || !name.trim() || may.length === 0}>
        {make.isPending ? words.making : words.make}
      </button>
    </form>
  );
}

function Shown({ made, close }: { made: NewApiKey; close: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(made.key);
      toast(words.copied);
    } catch {
      // A frame may not reach the clipboard: the key is selected, Ctrl+C does it.
    }
  };
  return (
    <div className="banner info" role="status" style={{ marginBlock: "16px 0" }}>
      <KeyRound size={16} aria-hidden />
      <div className="grow">
        <label htmlFor={id}>
          <b>{words.made(made.name)}</b>
        </label>
        <p>{words.once}</p>
        <input
          id={id}
          ref={field}
          className="input num"
          style={{ marginBlockStart: 8 }}
          readOnly
          value={made.key}
          onFocus={(event) => event.target.select()}
        />
        <div className="inline">
          <button type="button" className="btn" onClick={copy}>
            {words.copy}
          </button>
          <button type="button" className="btn" onClick={close}>
            {words.done}
          </button>
        </div>
      </div>
    </div>
  );
}
