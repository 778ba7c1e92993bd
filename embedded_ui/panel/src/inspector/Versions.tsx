// What was published of a flow: what differs from the draft, and going back to it.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, send, toast } from "../api";
import type { FlowDocument } from "../builder/document";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Author, Diff, Restored, Version, VersionDocument, VersionList } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { Changes } from "./changes";
import { Sheet } from "./Sheet";
import type { TopBarProps } from "./props";
import { words } from "./words";

const said = words.versions;

export function Versions(props: TopBarProps & { close: () => void }) {
  const { flow, close } = props;
  const { format } = useStore();
  const { data, error, refetch } = useQuery({
    queryKey: ["versions", flow.id, flow.live_version],
    queryFn: () => api<VersionList>(`/flows/${flow.id}/versions`),
    staleTime: 0,
  });
  return (
    <Sheet title={said.title} close={close}>
      {error && !data ? <Failure error={error} retry={refetch} /> : !data && <RowSkeletons rows={4} />}
      {data && data.versions.length > 0 && <p className="sub small">{strings.customer.times(format.timeZone)}</p>}
      {data?.versions.length === 0 && <p className="sub">{said.none}</p>}
      <ul className="vers">
        {data?.versions.map((version) => (
          <Line key={version.number} {...props} version={version} />
        ))}
      </ul>
    </Sheet>
  );
}

function Line({ version, ...props }: TopBarProps & { close: () => void; version: Version }) {
  const { format } = useStore();
  const [isOpen, open] = useState(false);
  const { number, published_at, published_by, is_live, waiting } = version;
  return (
    <li>
      <div className="inline">
        <b>{said.number(format.int(number))}</b>
        {is_live && <span className="badge ok">{said.live}</span>}
        {waiting > 0 && <span className="badge">{said.underWay(waiting, format.int(waiting))}</span>}
      </div>
      <span className="sub small">{said.by(format.moment(published_at), whoOf(published_by))}</span>
      <div className="inline">
        <button type="button" className="btn" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
          {said.compare}
        </button>
        {!props.isReadOnly && <Restore {...props} number={number} isLive={is_live} />}
      </div>
      {isOpen && <Compared flowId={props.flow.id} number={number} flush={props.flush} />}
    </li>
  );
}

function whoOf(author: Author | null): string {
  if (!author) return said.app;
  return author.kind === "you" ? said.you : (author.name ?? said.someone);
}

function Compared({ flowId, number, flush }: { flowId: string; number: number; flush: () => Promise<void> }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["diff", flowId, number],
    queryFn: async () => {
      await flush();
      return api<Diff>(`/flows/${flowId}/diff?from=${number}&to=draft`);
    },
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  if (error) return <Failure error={error} retry={refetch} />;
  if (!data) return <RowSkeletons rows={2} />;
  return data.changes.length ? <Changes changes={data.changes} /> : <p className="sub">{said.same}</p>;
}

/** Into the draft by the editor itself, so that it can be undone; or live at once. */
function Restore({ flow, number, isLive, replaceDraft, flush, refresh, close }: TopBarProps & { close: () => void; number: number; isLive: boolean }) {
  const { store, format } = useStore();
  const told = format.int(number);
  const restore = useMutation({
    mutationFn: () => api<VersionDocument>(`/flows/${flow.id}/versions/${number}`),
    onSuccess: ({ document }) => {
      replaceDraft(document as unknown as FlowDocument, said.restored(told));
      close();
    },
  });
  const back = useMutation({
    mutationFn: async () => {
      await flush();
      return send<Restored>("POST", `/flows/${flow.id}/versions/${number}/publish`, {});
    },
    onSuccess: () => {
      toast(said.published(told));
      refresh();
      close();
    },
  });
  const isBusy = restore.isPending || back.isPending;
  return (
    <>
      <button type="button" className="btn" disabled={isBusy} onClick={() => restore.mutate()}>
        {said.restore}
      </button>
      {!isLive && store.you.rights.includes("publish") && (
        <button type="button" className="btn" disabled={isBusy} onClick={() => back.mutate()}>
          {said.back}
        </button>
      )}
      {Boolean(restore.error ?? back.error) && <Failure error={restore.error ?? back.error} retry={() => (back.error ? back : restore).mutate()} />}
    </>
  );
}
