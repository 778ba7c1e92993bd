// A message of a flow: its words and blocks, in the flow's draft.
import { useParams } from "wouter";
import { api } from "../api";
import type { Document, Keeper } from "../editor/keeping";
import { MessageEditor } from "../editor/MessageEditor";
import { keyOf } from "../editor/StartFrom";
import { words } from "../editor/words";
import type { Draft } from "../types";

export default function MessagePage() {
  const { id, step } = useParams<{ id: string; step: string }>();
  return (
    <MessageEditor
      name={["flow", id]}
      keeper={keeperOf(id)}
      step={step}
      back={`/flows/${id}`}
      backLabel={words.back}
      own={(here) => keyOf({ flow_id: id, step_id: here })}
      path={(there) => `/flows/${id}/messages/${there}`}
    />
  );
}

/** Letters of a request that may outlive its page: browsers allow 64 kB. */
const OUTLIVES = 20_000;

type Told = Omit<Draft, "draft"> & { draft: Document };

const keeperOf = (id: string): Keeper => ({
  load: async () => keptOf(await api<Told>(`/flows/${id}/draft`)),
  save: async (document, revision, isLast) => {
    const body = JSON.stringify(document);
    const headers = {
      "Content-Type": "application/json",
      ...(revision === null ? {} : { "If-Match": String(revision) }),
    };
    const keepalive = isLast && body.length < OUTLIVES;
    return keptOf(await api<Told>(`/flows/${id}/draft`, { method: "PUT", headers, body, keepalive }));
  },
});

const keptOf = ({ draft, revision, changed_at, changed_by }: Told) => ({
  document: draft,
  revision,
  changed_at,
  changed_by,
});
