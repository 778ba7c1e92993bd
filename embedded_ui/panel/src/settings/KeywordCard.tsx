// The word by which customers agree to marketing on a channel, with its wording, link and QR code.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { ApiError, api, send, toast } from "../api";
import { useMay } from "../store";
import type { Keyword, KeywordOptIn } from "../types";
import { Asked, asks } from "../ui/Asked";
import { LinkCode } from "../ui/LinkCode";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { words } from "./channel-words";

const said = words.keyword;
const REFUSED = 422;
type Props = { channel: "sms" | "whatsapp" };

export function KeywordCard({ channel }: Props) {
  const id = useId();
  const { data, error, refetch } = useQuery({
    queryKey: ["keyword", channel],
    queryFn: () => api<KeywordOptIn>(`/channels/${channel}/keyword`),
  });
  return (
    <section className="card" aria-labelledby={id}>
      <div className="chead">
        <h2 id={id}>{said.title[channel]}</h2>
      </div>
      <p className="sub" style={{ marginBlockEnd: 12 }}>{said.text}</p>
      {!data && !error && <RowSkeletons rows={6} />}
      {!data && error && <Failure error={error} retry={refetch} />}
      {data && <Form key={JSON.stringify(data)} channel={channel} kept={data} />}
      {data?.link && (
        <div className="note optin">
          <LinkCode link={data.link} />
        </div>
      )}
      {data?.keyword && <Stop channel={channel} />}
    </section>
  );
}

function Form({ channel, kept }: Props & { kept: KeywordOptIn }) {
  const queries = useQueryClient();
  const mayPublish = useMay("publish");
  const [form, put] = useState<Keyword>({ keyword: kept.keyword ?? "", wording: kept.wording ?? "" });
  const keep = useMutation({
    mutationFn: () => send<KeywordOptIn>("PUT", `/channels/${channel}/keyword`, form),
    onSuccess: (now) => {
      queries.setQueryData(["keyword", channel], now);
      toast(said.saved);
    },
  });
  const wrong = keep.error instanceof ApiError && keep.error.status === REFUSED ? keep.error : null;
  const wrongAt = (field: string) => (wrong?.field === field ? wrong.message : undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Field label={said.word} hint={said.wordHint} wrong={wrongAt("keyword")}>
        {(ids) => (
          <input {...ids} autoComplete="off" spellCheck={false} disabled={!mayPublish} value={form.keyword} onChange={(event) => put({ ...form, keyword: event.target.value })} />
        )}
      </Field>
      <Field label={said.wording} hint={said.wordingHint} wrong={wrongAt("wording")}>
        {(ids) => (
          <textarea {...ids} rows={3} disabled={!mayPublish} value={form.wording} onChange={(event) => put({ ...form, wording: event.target.value })} />
        )}
      </Field>
      <p className="hint" style={{ marginBlockEnd: 12 }}>{said.answer(kept.answer)}</p>
      {keep.error && !wrong && <Failure error={keep.error} retry={() => keep.mutate()} isTyped />}
      <button type="submit" className="btn" disabled={!mayPublish || keep.isPending}>
        {kept.keyword ? said.save : said.start}
      </button>
      {!mayPublish && <span className="hint">{words.only}</span>}
    </form>
  );
}

type Ids = { id: string; className: string; "aria-describedby": string; "aria-invalid": boolean };
type FieldProps = { label: string; hint: string; wrong: string | undefined; children: (ids: Ids) => ReactNode };

function Field({ label, hint, wrong, children }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, className: "input", "aria-describedby": `${id}-told`, "aria-invalid": Boolean(wrong) })}
      <span id={`${id}-told`}>
        <span className="hint">{hint}</span>
        {wrong && <span className="wrong">{wrong}</span>}
      </span>
    </div>
  );
}

function Stop({ channel }: Props) {
  const queries = useQueryClient();
  const mayPublish = useMay("publish");
  const [isAsked, ask] = useState(false);
  const stop = useMutation({
    mutationFn: () => send("DELETE", `/channels/${channel}/keyword`),
    onSuccess: () => {
      toast(said.stopped);
      ask(false);
      return queries.invalidateQueries({ queryKey: ["keyword", channel] });
    },
  });
  if (!mayPublish) return null;
  return (
    <>
      <button type="button" className="btn" style={{ marginBlockStart: 16 }} {...asks} onClick={() => ask(true)}>
        {said.stop}
      </button>
      <Asked
        isOpen={isAsked}
        open={ask}
        title={said.sure}
        text={said.sureText}
        keep={words.cancel}
        act={
          <button type="button" className="btn primary" disabled={stop.isPending} onClick={() => stop.mutate()}>
            {said.stop}
          </button>
        }
      >
        {stop.error && <Failure error={stop.error} retry={() => stop.mutate()} />}
      </Asked>
    </>
  );
}
