// The first page: what the messages earned, the seed metrics, what is left to do.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ArrowDownRight, ArrowRight, ArrowUpRight, ChevronRight, Zap } from "lucide-react";
import { Fragment } from "react";
import { Link } from "wouter";
import { api } from "../api";
import { keptDays } from "../early";
import { duration } from "../format";
import { to } from "../place";
import { type Days, DaysChoice, queryOf, useDays } from "../results/Days";
import { Problems } from "../results/Problems";
import { Tables } from "../results/Tables";
import { words as own } from "../results/words";
import { Worth } from "../results/Worth";
import { queries } from "../queries";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Band, Dashboard as Figures, Metric } from "../types";
import { Chart, Spark } from "../ui/Chart";
import { Defined } from "../ui/Defined";
import { FlowTable } from "../ui/FlowTable";
import { NotWritten } from "../ui/NotWritten";
import { Imports, SetUp } from "../ui/SetUp";
import { Skeleton } from "../ui/Skeleton";
import { Empty, Failure } from "../ui/states";

const words = strings.dashboard;

const figuresOf = (days: Days) => ({
  queryKey: ["dashboard", days],
  queryFn: () => api<Figures>(`/dashboard?${queryOf(days)}`),
});
void queries.prefetchQuery(figuresOf({ days: keptDays() }));

export default function Dashboard() {
  const { store } = useStore();
  const [days, choose] = useDays();
  const { data, error, refetch } = useQuery({
    ...figuresOf(days),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
  return (
    <main className="page">
      <div className="phead with-days">
        <h1 className="grow">{words.title}</h1>
        <DaysChoice days={days} choose={choose} />
        {store.you.rights.includes("edit") && (
          <Link className="btn primary" href={to("/flows/new")}>
            {words.create}
          </Link>
        )}
      </div>
      {/* A new key: what was grey is taken away as a whole, so that nothing is seen to jump. */}
      <Fragment key={data ? "figures" : "waiting"}>
        {error && <Failure error={error} retry={refetch} isOld={Boolean(data)} />}
        {!data && error ? <Known /> : <Results figures={data} />}
      </Fragment>
    </main>
  );
}

/** What the store itself tells, when its figures do not come. */
function Known() {
  return (
    <>
      <Imports />
      <SetUp />
    </>
  );
}

function Results({ figures: data }: { figures: Figures | undefined }) {
  const { store } = useStore();
  const isLive = store.setup.some((task) => task.key === "cart_recovery_live" && task.done);
  const draft = data?.flows.find((flow) => flow.trigger === "cart.abandoned");
  return (
    <>
      {data && <Problems problems={data.problems} />}
      <Imports />
      {data && !isLive && <TurnOn flowId={draft?.id} />}
      <KeyResults figures={data} />
      {store.you.rights.includes("edit") && data?.suggestion && <Worth found={data.suggestion} />}
      <div className="grid2">
        <RevenueCard figures={data} />
        <NotWritten figures={data?.not_written} />
      </div>
      <div className="grid2">
        <section className="card flush" aria-labelledby="best-flows" style={{ minHeight: 150 }}>
          <div className="chead">
            <h2 id="best-flows">{words.flows}</h2>
            <Link className="link" href={to("/flows")}>
              {words.allFlows}
              <ChevronRight size={14} aria-hidden />
            </Link>
          </div>
          <FlowTable flows={data?.flows.filter((flow) => flow.status === "live" || flow.revenue > 0)} />
        </section>
        <SetUp />
      </div>
      {data && <Tables figures={data} />}
    </>
  );
}

function TurnOn({ flowId }: { flowId: string | undefined }) {
  return (
    <section className="card" style={{ marginBlockEnd: 16 }} aria-labelledby="turn-on">
      <div className="inline" style={{ flexWrap: "nowrap", alignItems: "flex-start", gap: 12 }}>
        <span className="ic" style={{ background: "var(--c-trigger-soft)", color: "var(--c-trigger)" }}>
          <Zap size={16} aria-hidden />
        </span>
        <div className="grow">
          <h2 id="turn-on">{words.turnOnTitle}</h2>
          <p className="sub" style={{ maxWidth: "72ch", marginBlock: "4px 12px" }}>
            {words.turnOn}
          </p>
          <Link className="btn" href={to(flowId ? `/flows/${flowId}` : "/flows")}>
            {words.turnOnAction}
            <ArrowRight size={14} aria-hidden />
          </Link>
        </div>
      </div>
    </section>
  );
}

function KeyResults({ figures }: { figures: Figures | undefined }) {
  if (!figures) {
    return (
      <section className="card kpis" aria-label={words.keyResults} aria-busy="true">
        {[0, 1, 2, 3, 4].map((index) => (
          <div key={index} className="kpi">
            <Skeleton width={110} />
            <div style={{ height: 10 }} />
            <Skeleton width={90} height={24} />
          </div>
        ))}
      </section>
    );
  }
  const { revenue } = figures;
  const first: Metric = {
    ...revenue,
    key: "attributed_revenue",
    unit: "money",
    value: revenue.total,
    series: revenue.series.map((day) => day.amount),
    band: null,
  };
  return (
    <section className="card kpis" aria-label={words.keyResults}>
      {[first, ...figures.metrics].map((metric) => (
        <KeyResult key={metric.key} metric={metric} share={metric === first ? revenue.share : null} />
      ))}
    </section>
  );
}

function KeyResult({ metric, share }: { metric: Metric; share: number | null }) {
  const { format } = useStore();
  const { band } = metric;
  const meaning = own.definitions[metric.key] ?? metric.definition;
  const from = band && own.needs[metric.key]?.(format.int(band.needed));
  const text = band ? own.defined(meaning, from ? own.defined(from, own.sources[band.source] ?? "") : (own.sources[band.source] ?? "")) : meaning;
  const show = (value: number) => (metric.unit === "rate" ? format.percent(value) : format.roundMoney(value));
  return (
    <div className="kpi">
      <Defined label={words.metrics[metric.key] ?? metric.key} text={text} />
      <p className="kv num">{metric.value === null ? strings.none : show(metric.value)}</p>
      <div className="kf">
        <Change metric={metric} />
        {metric.series.some(Boolean) && <Spark series={metric.series} />}
      </div>
      {share !== null && <p className="sub small">{own.shareOf(format.percent(share))}</p>}
      {band && <Usual band={band} show={show} />}
    </div>
  );
}

function Usual({ band, show }: { band: Band; show: (value: number) => string }) {
  const usual = band.low === band.high ? show(band.low) : own.range(show(band.low), show(band.high));
  if (!band.standing) return <TooFew band={band} usual={usual} />;
  return <p className={`small band ${band.standing ?? ""}`}>{own.bands[band.standing ?? "none"]!(usual)}</p>;
}

function TooFew({ band, usual }: { band: Band; usual: string }) {
  const { format } = useStore();
  if (band.seen >= band.needed) return <p className="small band">{own.bands.none!(usual)}</p>;
  return <p className="small band">{own.tooFewYet(usual, format.int(band.seen), format.int(band.needed))}</p>;
}

function Change({ metric }: { metric: Metric }) {
  const { format } = useStore();
  const { change, unit } = metric;
  if (metric.value === null) return <span className="sub small nowrap">{words.notYet}</span>;
  if (change === null) return <span className="sub small nowrap">{words.noChange}</span>;
  const size = Math.abs(change);
  const text = unit === "rate" ? words.points(format.points(size)) : format.percent(size);
  if (size < 0.0005) return <span className="sub num">{text}</span>;
  const Arrow = change > 0 ? ArrowUpRight : ArrowDownRight;
  return (
    <span className={`delta num ${change > 0 ? "up" : "down"}`}>
      <Arrow size={14} role="img" aria-label={change > 0 ? words.up : words.down} />
      {text}
    </span>
  );
}

function RevenueCard({ figures }: { figures: Figures | undefined }) {
  const { format } = useStore();
  const isEmpty = figures && !figures.revenue.series.some((day) => day.amount || day.previous);
  return (
    <section className="card" style={{ minHeight: 336 }} aria-labelledby="revenue">
      <div className="chead">
        <h2 id="revenue">{words.metrics.attributed_revenue}</h2>
        {figures && (
          <span className="sub small">
            {words.credited(duration(figures.click_days * 86400), duration(figures.open_days * 86400))}
          </span>
        )}
      </div>
      {!figures && <Skeleton height={240} />}
      {isEmpty && <Empty title={words.noRevenueTitle} text={words.noRevenue} />}
      {figures && !isEmpty && (
        <>
          <Chart days={figures.revenue.series} format={format} />
          <span className="sub small">{words.zone(format.timeZone)}</span>
        </>
      )}
    </section>
  );
}
