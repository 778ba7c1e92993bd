// Before a flow goes live: what is new, who is under way, what to expect, and what is in the way.
import { useMutation, useQuery } from "@tanstack/react-query";
import { ApiError, api, send, toast } from "../api";
import { language } from "../language";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Check, Diff, Draft, Flow, FlowStatus, Spoken, Version, VersionList } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { Changes } from "./changes";
import { FlowOutlook } from "./Outlook";
import { Lines } from "./Problems";
import { Sheet } from "./Sheet";
import type { TopBarProps } from "./props";
import { words } from "./words";

const said = words.publish;
type Props = TopBarProps & { check: Check; close: () => void };

export function PublishSheet(props: Props) {
  const { flow, document, check, go, close, flush, refresh } = props;
  const ready = useReady(flow, flush);
  const publish = useMutation({
    mutationFn: () => send<FlowStatus>("POST", `/flows/${flow.id}/publish`, { revision: ready.data?.draft.revision }),
    onSuccess: () => {
      toast(strings.flow.published);
      close();
      refresh();
    },
    onError: (error) => error instanceof ApiError && error.status === 409 && void ready.refetch(),
  });
  const problems = ready.data?.draft.problems ?? check.problems;
  const lead: Props["go"] = (step, field) => {
    close();
    go(step, field);
  };
  const canGo = ready.isSuccess && problems.length === 0 && !publish.isPending;
  const footer = (
    <>
      <button type="button" className="btn" onClick={close}>
        {said.cancel}
      </button>
      <button type="button" className="btn primary" disabled={!canGo} onClick={() => publish.mutate()}>
        {said.confirm}
      </button>
    </>
  );
  return (
    <Sheet title={said.title(document.name)} close={close} footer={footer}>
      {Boolean(publish.error) && <Failure error={publish.error} retry={() => publish.mutate()} />}
      {problems.length > 0 && (
        <>
          <h3>{words.problems.title}</h3>
          <Lines document={document} problems={problems} kind="err" go={lead} />
        </>
      )}
      {flow.live_version === null && <p>{said.first}</p>}
      {flow.status === "paused" && <p>{said.paused}</p>}
      {ready.data ? <News {...ready.data} /> : ready.error ? <Failure error={ready.error} retry={() => void ready.refetch()} /> : <RowSkeletons rows={3} />}
      {ready.data && problems.length === 0 && <FlowOutlook flowId={flow.id} revision={ready.data.draft.revision} />}
      {check.warnings.length > 0 && (
        <>
          <h3>{words.problems.warnings}</h3>
          <Lines document={document} problems={check.warnings} kind="hint" go={lead} />
        </>
      )}
    </Sheet>
  );
}

type Ready = { draft: Draft; diff: Diff; versions: Version[]; sentence: string | null };

/** Keep what is unsaved first, then ask what publishing would change, and of which revision. */
function useReady(flow: Flow, flush: () => Promise<void>) {
  return useQuery({
    queryKey: ["publish", flow.id],
    queryFn: async (): Promise<Ready> => {
      await flush();
      const [draft, diff, list, spoken] = await Promise.all([
        api<Draft>(`/flows/${flow.id}/draft`),
        api<Diff>(`/flows/${flow.id}/diff`),
        api<VersionList>(`/flows/${flow.id}/versions`),
        api<Spoken>(`/flows/${flow.id}/sentence?language=${language}`),
      ]);
      return { draft, diff, versions: list.versions, sentence: spoken.sentence };
    },
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });
}

function News({ diff, versions, sentence }: Ready) {
  const { format } = useStore();
  const underWay = versions.filter(({ waiting }) => waiting > 0);
  return (
    <>
      <h3>{said.changes}</h3>
      {diff.changes.length ? <Changes changes={diff.changes} /> : <p className="sub">{said.unchanged}</p>}
      {versions.length > 0 && <h3>{strings.flow.figures.waiting}</h3>}
      {underWay.map(({ number, waiting }) => (
        <p key={number}>{said.waiting(waiting, format.int(waiting), format.int(number))}</p>
      ))}
      {versions.length > 0 && underWay.length === 0 && <p>{said.nobody}</p>}
      {versions.length > 0 && <p className="sub">{said.newcomers}</p>}
      {sentence && (
        <>
          <h3>{said.sentence}</h3>
          <p className="sub">{sentence}</p>
        </>
      )}
    </>
  );
}
