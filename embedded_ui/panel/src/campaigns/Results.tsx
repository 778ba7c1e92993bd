// What came of a campaign: figures, what still waits, and what was not sent, with the reasons.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../api";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Count, PanelCampaign, Report } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { words } from "./words";

const says = words.one;

export function Results({ campaign }: { campaign: PanelCampaign }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["campaign", campaign.id, "report"],
    queryFn: () => api<Report>(`/campaigns/${campaign.id}/report`),
    placeholderData: keepPreviousData,
    refetchInterval: campaign.state === "sending" ? 5_000 : 60_000,
  });
  if (!data) {
    return error ? <Failure error={error} retry={refetch} /> : <RowSkeletons rows={2} />;
  }
  return (
    <section aria-labelledby="results">
      <h2 id="results" className="part">
        {says.results}
      </h2>
      {error && <Failure error={error} retry={refetch} isOld />}
      <Figures report={data} />
      {data.sent === 0 && campaign.state === "sending" && <p className="sub" style={{ marginBlockEnd: 16 }}>{says.noResults}</p>}
      {data.unsure > 0 && <Unsure count={data.unsure} />}
      {data.waiting.length + data.skipped.length > 0 && (
        <div className="grid2" style={{ gridTemplateColumns: "repeat(auto-fit, minmax(260px, 1fr))" }}>
          <Reasons title={says.waiting} counts={data.waiting} />
          <Reasons title={says.skipped} counts={data.skipped} />
        </div>
      )}
    </section>
  );
}

function Figures({ report }: { report: Report }) {
  const { format } = useStore();
  const of = (count: number) =>
    report.sent ? says.share(format.int(count), format.percent(count / report.sent)) : format.int(count);
  const figures = [
    [says.recipients, format.int(report.recipients)],
    [says.sent, format.int(report.sent)],
    [says.opened, of(report.opened)],
    [says.clicked, of(report.clicked)],
    [says.unsubscribed, of(report.unsubscribed)],
    [says.ordered, of(report.ordered)],
    [says.revenue, format.money(report.revenue)],
  ] as const;
  return (
    <dl className="card figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt className="sub">{name}</dt>
          <dd className="num">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Unsure({ count }: { count: number }) {
  const { format } = useStore();
  return (
    <p className="banner warn">
      {says.unsure(count, format.int(count))}
    </p>
  );
}

function Reasons({ title, counts }: { title: string; counts: Count[] }) {
  const { format } = useStore();
  if (!counts.length) return null;
  return (
    <section className="card" aria-label={title}>
      <h3>{title}</h3>
      <ul className="rows">
        {counts.map(({ reason, count }) => (
          <li key={reason} className="between">
            <span>{says.reasons[reason] ?? strings.reasons[reason] ?? reason}</span>
            <span className="num">{format.int(count)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
