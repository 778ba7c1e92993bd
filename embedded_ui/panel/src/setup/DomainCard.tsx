// The store's own sending domain: which records it needs, and what DNS says of each right now.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, CircleDashed, Copy } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { ApiError, api, send, toast } from "../api";
import { useMay, useStore } from "../store";
import type { DnsRecord, DomainState, Sending } from "../types";
import { Failure } from "../ui/states";
import { words } from "./words";

const KEY = ["sending"];

export function DomainCard() {
  const { format } = useStore();
  const mayPublish = useMay("publish");
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: () => api<Sending>("/setup/sending") });
  if (!data) return error ? <Failure error={error} retry={refetch} /> : null;
  const { domain } = data;
  const passed = domain?.verified_at && domain.domain;
  return (
    <section className="card" aria-labelledby="domain">
      <div className="chead">
        <h2 id="domain">{words.domainTitle}</h2>
        {data.is_own && <span className="badge ok">{words.done}</span>}
      </div>
      <p>{data.is_own ? words.own(data.address) : passed ? words.ownNeedsAddress(passed, data.address) : words.shared(data.address)}</p>
      {data.limit !== null && (
        <p className="sub">{words.sharedLimit(format.int(data.limit), format.int(data.left ?? 0))}</p>
      )}
      {domain ? <Records domain={domain} /> : mayPublish && <Choose />}
    </section>
  );
}

function useSending<T>(mutationFn: (told: T) => Promise<Sending>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn, onSuccess: (told) => queries.setQueryData(KEY, told) });
}

function Choose() {
  const [domain, setDomain] = useState("");
  const id = useId();
  const choose = useSending((told: string) => send<Sending>("PUT", "/setup/sending", { domain: told }));
  const wrong = choose.error instanceof ApiError && choose.error.field === "domain" ? choose.error.message : "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    choose.mutate(domain);
  };
  return (
    <form onSubmit={submit} style={{ marginBlockStart: 12 }} noValidate>
      {Boolean(choose.error) && !wrong && <Failure error={choose.error} retry={() => choose.mutate(domain)} />}
      <div className="field">
        <label htmlFor={id}>{words.domain}</label>
        <input
          id={id}
          className="input"
          value={domain}
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          aria-invalid={Boolean(wrong)}
          aria-describedby={`${id}-told`}
          onChange={(event) => setDomain(event.target.value)}
        />
        <span id={`${id}-told`}>
          <span className="hint">{words.domainHint}</span>
          {wrong && (
            <span className="hint" style={{ color: "var(--bad)" }} role="alert">
              {wrong}
            </span>
          )}
        </span>
      </div>
      <button type="submit" className="btn" disabled={choose.isPending || !domain.trim()}>
        {words.getRecords}
      </button>
    </form>
  );
}

function Records({ domain }: { domain: DomainState }) {
  const { format } = useStore();
  const mayPublish = useMay("publish");
  const check = useSending(() => send<Sending>("POST", "/setup/sending/check"));
  const forget = useSending(() => api<Sending>("/setup/sending", { method: "DELETE" }));
  const failed = check.error ?? forget.error;
  return (
    <>
      <p className="sub" style={{ marginBlock: "12px 8px" }}>
        {words.recordsText}
      </p>
      {Boolean(failed) && <Failure error={failed} retry={() => check.mutate(undefined)} />}
      <ul className="dns" aria-busy={check.isPending}>
        {domain.records.map((record) => (
          <RecordView key={record.key} record={record} />
        ))}
      </ul>
      <div className="inline">
        <button type="button" className="btn" disabled={check.isPending} onClick={() => check.mutate(undefined)}>
          {check.isPending ? words.checking : words.check}
        </button>
        {mayPublish && (
          <button type="button" className="btn plain" disabled={forget.isPending} onClick={() => forget.mutate(undefined)}>
            {words.forget}
          </button>
        )}
        <span className="sub small" role="status">
          {domain.checked_at && !check.isPending && words.checkedAt(format.zoned(domain.checked_at))}
        </span>
      </div>
    </>
  );
}

const LOOKS: Record<string, [typeof CircleCheck, string]> = {
  found: [CircleCheck, "ok"],
  wrong: [CircleAlert, "bad"],
  several: [CircleAlert, "bad"],
  missing: [CircleDashed, "warn"],
  no_answer: [CircleAlert, "warn"],
};

function RecordView({ record }: { record: DnsRecord }) {
  const [Icon, tone] = LOOKS[record.state ?? ""] ?? [CircleDashed, ""];
  const label = words.records[record.key] ?? record.key;
  return (
    <li>
      <div className="between">
        <b>{label}</b>
        <span className="inline">
          {!record.is_needed && <span className="badge">{words.optional}</span>}
          <span className={`badge ${tone}`}>
            <Icon size={12} aria-hidden />
            {words.states[record.state ?? "unknown"]}
          </span>
        </span>
      </div>
      <Line label={words.columns.name} told={record.name} of={label} />
      <Line label={`${record.kind} · ${words.columns.value}`} told={record.value} of={label} />
      {record.found !== null && record.state !== "found" && <p className="small below">{words.found(record.found)}</p>}
    </li>
  );
}

function Line({ label, told, of }: { label: string; told: string; of: string }) {
  const copy = async () => {
    await navigator.clipboard.writeText(told).catch(() => undefined);
    toast(words.copied);
  };
  return (
    <div className="dns-line">
      <span className="sub small">{label}</span>
      <code>{told}</code>
      <button type="button" className="btn plain icon" aria-label={words.copy(`${of}: ${label}`)} onClick={copy}>
        <Copy size={14} aria-hidden />
      </button>
    </div>
  );
}
