// Who changed what, the newest first.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useId } from "react";
import { api } from "../api";
import type { Format } from "../format";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Audit, AuditEntry } from "../types";
import { Failure } from "../ui/states";
import { words } from "./words";

export default function AuditLog() {
  const id = useId();
  const { format } = useStore();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam }) =>
      api<Audit>(pageParam ? `/audit?before=${encodeURIComponent(pageParam)}` : "/audit"),
    initialPageParam: "",
    getNextPageParam: (last) => last.before ?? undefined,
  });
  const entries = data?.pages.flatMap((page) => page.entries);
  return (
    <section className="card" aria-labelledby={id} style={{ marginBlockStart: 16 }}>
      <div className="chead">
        <h2 id={id}>{words.log}</h2>
        <span className="sub small">{strings.customer.times(format.timeZone)}</span>
      </div>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.logText}
      </p>
      {error && !data && <Failure error={error} retry={refetch} />}
      {entries?.length === 0 && <p className="hint">{words.logEmpty}</p>}
      {entries && entries.length > 0 && <Table entries={entries} />}
      {hasNextPage && (
        <button type="button" className="btn" disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
          {words.older}
        </button>
      )}
    </section>
  );
}

function Table({ entries }: { entries: AuditEntry[] }) {
  const { format } = useStore();
  return (
    // It scrolls sideways on a phone: the keyboard has to reach it.
    <div className="scroll" tabIndex={0} role="region" aria-label={words.log}>
      <table className="tbl">
        <thead>
          <tr>
            <th>{words.what}</th>
            <th>{words.who}</th>
            <th>{words.when}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td>{said(entry, format)}</td>
              <td>{whoOf(entry)}</td>
              <td className="num">{format.moment(entry.at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function whoOf({ by_kind, by_name, by_user }: AuditEntry): string {
  if (by_kind === "key") return by_name ? words.program(by_name) : words.gone;
  return by_name || (by_user ? words.unnamed(by_user) : words.gone);
}

function said({ action, about, times, name }: AuditEntry, format: Format): string {
  const bare = words.actions[action] ?? words.other(action);
  const { role, addresses, store } = about;
  // What it was done to, and which of the other stores it is about.
  const done = [name, store].reduce<string>((told, one) => (one ? words.named(told, String(one)) : told), bare);
  const what =
    typeof role === "string" ? words.became(done, words.roles[role] ?? role)
    : typeof addresses === "number" ? words.addresses(done, addresses, format.int(addresses))
    : done;
  return times > 1 ? `${what} · ${words.times(format.int(times))}` : what;
}
