// A message of a flow: its words and blocks, in the flow's draft.
import { useParams } from "wouter";
import { keeperAt } from "../editor/keeper";
import type { Document } from "../editor/keeping";
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

type Told = Omit<Draft, "draft"> & { draft: Document };

const keeperOf = (id: string) => keeperAt<Told>(`/flows/${id}/draft`, keptOf);

const keptOf = ({ draft, revision, changed_at, changed_by }: Told) => ({
  document: draft,
  revision,
  changed_at,
  changed_by,
});
