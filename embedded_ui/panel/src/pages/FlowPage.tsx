// One flow: its picture with what happened at each step, and the switch that turns it on or off.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ArrowLeft, CircleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { Link, useParams } from "wouter";
import { api } from "../api";
import { Actions } from "../flow/Actions";
import Drawing from "../flow/Drawing";
import { Inspector } from "../flow/Inspector";
import { allSteps } from "../flow/layout";
import { to } from "../place";
import { strings } from "../strings";
import type { Flow } from "../types";
import { StatusBadge } from "../ui/badges";
import { Period, usePeriod } from "../ui/Period";
import { Purpose } from "../ui/Recipes";
import { PageSkeleton } from "../ui/Skeleton";
import { Failure } from "../ui/states";

const words = strings.flow;

export default function FlowPage() {
  const { id } = useParams<{ id: string }>();
  const [days, choose] = usePeriod();
  const { data, error, refetch } = useQuery({
    queryKey: ["flow", id, days],
    queryFn: () => api<Flow>(`/flows/${id}?days=${days}`),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  useEffect(() => {
    if (data) document.title = `${data.name} · ${strings.app}`;
  }, [data]);
  if (!data) return error ? <Failure error={error} retry={refetch} isPage /> : <PageSkeleton />;
  return <Shown flow={data} error={error} retry={refetch} days={days} chooseDays={choose} />;
}

type Props = {
  flow: Flow;
  error: unknown;
  retry: () => void;
  days: number;
  chooseDays: (days: number) => void;
};

function Shown({ flow, error, retry, days, chooseDays }: Props) {
  const [chosen, choose] = useState<string | null>(null);
  const step = allSteps(flow.steps).find((each) => each.id === chosen);
  return (
    <main className="flowpage">
      <header className="fhead">
        <Link className="btn plain icon" href={to("/flows")} aria-label={words.back}>
          <ArrowLeft size={18} aria-hidden />
        </Link>
        <h1>{flow.name}</h1>
        <StatusBadge status={flow.status} />
        {flow.has_changes && <span className="badge info">{words.unpublished}</span>}
        <span className="grow" />
        <Period days={days} choose={chooseDays} />
        <Actions flow={flow} />
      </header>
      <div style={{ position: "relative", display: "grid", gridTemplateRows: "auto 1fr" }}>
        <div>
          {Boolean(error) && <Failure error={error} retry={retry} />}
          {flow.about && flow.live_version === null && <Purpose about={flow.about} />}
          <Told id="flow-problems" title={words.problems} told={flow.problems} />
          <Told id="flow-warnings" title={words.warnings} told={flow.warnings} />
        </div>
        <Drawing flow={flow} chosen={chosen} choose={choose} />
      </div>
      <Inspector flow={flow} step={step} close={() => choose(null)} />
    </main>
  );
}

function Told({ id, title, told }: { id: string; title: string; told: Flow["problems"] }) {
  if (!told.length) return null;
  return (
    <section className="banner warn" style={{ margin: 12 }} aria-labelledby={id}>
      <CircleAlert size={16} aria-hidden />
      <div>
        <h2 id={id}>{title}</h2>
        <ul>
          {told.map((problem) => (
            <li key={problem.message}>{problem.message}</li>
          ))}
        </ul>
      </div>
    </section>
  );
}
