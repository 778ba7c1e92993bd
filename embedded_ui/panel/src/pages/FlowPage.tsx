// One flow: its draft to edit, what is live, and what happened at each step.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useParams } from "wouter";
import { api } from "../api";
import Builder from "../builder/Builder";
import { type Draft, getDraft } from "../builder/drafts";
import { keptDays } from "../early";
import { queries } from "../queries";
import { strings } from "../strings";
import type { Flow, FlowList } from "../types";
import { BackHead } from "../ui/BackHead";
import { usePeriod } from "../ui/Period";
import { PageSkeleton } from "../ui/Skeleton";
import { Failure } from "../ui/states";

const OFTEN = 15_000;
const FRESH = 1_000; // ms: for so long the first draft is not asked for a second time

const flowQuery = (id: string, days: number) => ({ queryKey: ["flow", id, days], queryFn: () => api<Flow>(`/flows/${id}?days=${days}`) });
const namesQuery = (days: number) => ({ queryKey: ["flows", days], queryFn: () => api<FlowList>(`/flows?days=${days}`), staleTime: 60_000 });
const firstDraft = (id: string) => ({ queryKey: ["first draft", id], queryFn: () => getDraft(id) });

/** Drawn at once with its steps, not first as grey shapes: drawing twice takes longer than once. */
export function begin() {
  const id = location.pathname.split("/")[3]!;
  const days = keptDays();
  void queries.prefetchQuery(flowQuery(id, days));
  void queries.prefetchQuery(firstDraft(id));
  void queries.prefetchQuery(namesQuery(days));
}

/** Give the draft that the page began with, once; one that is still on its way is for `askedDraft`. */
function takenDraft(id: string): Draft | undefined {
  const { queryKey } = firstDraft(id);
  const draft = queries.getQueryData<Draft>(queryKey);
  if (draft) queries.removeQueries({ queryKey });
  return draft;
}

/** Give the draft as it is now: the one that the page began with where it comes only now. */
async function askedDraft(id: string): Promise<Draft> {
  const first = firstDraft(id);
  if (!queries.getQueryState(first.queryKey)) return getDraft(id);
  try {
    return await queries.fetchQuery(first);
  } finally {
    queries.removeQueries({ queryKey: first.queryKey });
  }
}

export default function FlowPage() {
  const { id } = useParams<{ id: string }>();
  const [days, choose] = usePeriod();
  const flow = useQuery({
    ...flowQuery(id, days),
    placeholderData: keepPreviousData,
    refetchInterval: OFTEN,
  });
  // Asked anew each time: the message editor, or someone else, may have changed it.
  const draft = useQuery({
    queryKey: ["draft", id],
    queryFn: () => askedDraft(id),
    initialData: () => takenDraft(id),
    gcTime: 0,
    staleTime: FRESH,
    refetchInterval: OFTEN,
  });
  const names = useNames(days);
  useEffect(() => {
    if (flow.data) document.title = `${flow.data.name} · ${strings.app}`;
  }, [flow.data]);
  const error = flow.error ?? draft.error;
  const retry = () => Promise.all([flow.refetch(), draft.refetch()]);
  if (!flow.data || !draft.data) {
    const head = { back: "/flows", label: strings.flow.back, title: strings.nav.flows };
    if (error) return <Failure error={error} retry={retry} isPage head={<BackHead {...head} />} />;
    return <PageSkeleton frame="flowpage bld" head={<BackHead {...head} bar="fhead" />} />;
  }
  return (
    <Builder key={id} flow={flow.data} draft={draft.data} names={names} error={error} retry={retry} days={days} chooseDays={choose} />
  );
}

/** Give the names of the store's flows by id, for steps that start or stop another one. */
function useNames(days: number): ReadonlyMap<string, string> {
  const { data } = useQuery(namesQuery(days));
  return useMemo(() => new Map(data?.flows.map((flow) => [flow.id, flow.name])), [data]);
}
