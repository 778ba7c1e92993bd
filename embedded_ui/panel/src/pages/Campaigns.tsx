// All campaigns: planned, under way, sent, each with what came of it; and the way to a new one.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Megaphone } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import { api } from "../api";
import { aimOf, whenOf } from "../campaigns/aim";
import { Progress } from "../campaigns/Progress";
import { StateBadge } from "../campaigns/StateBadge";
import { words } from "../campaigns/words";
import { to } from "../place";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { CampaignFigures, CampaignPage, CampaignsFigures, PanelCampaign } from "../types";
import { Pager } from "../ui/Pager";
import { RowSkeletons, Skeleton } from "../ui/Skeleton";
import { Empty, Failure } from "../ui/states";

const Create = lazy(() => import("../campaigns/Create"));
const isMoving = (list?: CampaignPage) =>
  list?.campaigns.some(({ state, send_at }) => state === "sending" || (state === "scheduled" && !send_at)) ?? false;

export default function Campaigns() {
  const { format } = useStore();
  const mayEdit = useMay("edit");
  const [page, turn] = useState(1);
  const [given] = useState(() => new URLSearchParams(location.search).get("segment") ?? "");
  // Null: not wanted yet, so the dialog need not be loaded.
  const [isCreating, create] = useState<boolean | null>(given ? true : null);
  const { data, error, refetch } = useQuery({
    queryKey: ["campaigns", page],
    queryFn: () => api<CampaignPage>(`/campaigns?page=${page}`),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (isMoving(state.data) ? 3_000 : 60_000),
  });
  return (
    <main className="page">
      <div className="phead">
        <h1 className="grow">{words.title}</h1>
        {mayEdit && (
          <button type="button" className="btn primary" onClick={() => create(true)}>
            {words.create}
          </button>
        )}
        {mayEdit && isCreating !== null && (
          <Suspense>
            <Create given={given} isOpen={isCreating} open={create} />
          </Suspense>
        )}
      </div>
      {error && <Failure error={error} retry={refetch} isOld={Boolean(data)} />}
      {(data || !error) && (
        <section className="card flush" aria-label={words.title}>
          {data ? <Table list={data} /> : <RowSkeletons rows={6} height={56} />}
          {data && data.total > 0 && (
            <Pager page={data.page} pages={data.pages} told={words.total(data.total, format.int(data.total))} words={words} turn={turn} />
          )}
        </section>
      )}
    </main>
  );
}

function Table({ list }: { list: CampaignPage }) {
  const figures = useFigures(list.campaigns);
  if (!list.campaigns.length) {
    return <Empty icon={<Megaphone aria-hidden />} title={words.emptyTitle} text={words.empty} />;
  }
  const { columns } = words;
  return (
    <div className="scroll">
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">{columns.name}</th>
            <th scope="col">{columns.state}</th>
            <th scope="col" className="wide">{columns.to}</th>
            <th scope="col" className="r">{columns.sent}</th>
            <th scope="col" className="r wide">{columns.opened}</th>
            <th scope="col" className="r wide">{columns.clicked}</th>
            <th scope="col" className="r wide">{columns.orders}</th>
            <th scope="col" className="r">{columns.revenue}</th>
          </tr>
        </thead>
        <tbody>
          {list.campaigns.map((campaign) => (
            <Row key={campaign.id} campaign={campaign} figures={figures?.[campaign.id]} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Figures come after the list: with many recipients they take a moment longer. */
function useFigures(campaigns: PanelCampaign[]) {
  const begun = campaigns.filter(({ started_at }) => started_at).map(({ id }) => id);
  const { data } = useQuery({
    queryKey: ["campaigns", "figures", begun.join(",")],
    queryFn: () => api<CampaignsFigures>(`/campaigns/figures?ids=${begun.join(",")}`),
    enabled: begun.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: campaigns.some(({ state }) => state === "sending") ? 5_000 : false,
  });
  return data?.figures;
}

function Row({ campaign, figures }: { campaign: PanelCampaign; figures: CampaignFigures | undefined }) {
  const { format } = useStore();
  const hasBegun = campaign.started_at !== null;
  const figure = (of: keyof CampaignFigures) => {
    if (!hasBegun) return strings.none;
    if (!figures) return <Skeleton width={36} />;
    return of === "revenue" ? format.roundMoney(figures.revenue) : format.int(figures[of]);
  };
  return (
    <tr>
      <td>
        <Link className="rowlink" href={to(`/campaigns/${campaign.id}`)}>
          {campaign.name}
        </Link>
        <div className="sub small">{whenOf(campaign, format)}</div>
      </td>
      <td>
        <StateBadge campaign={campaign} />
        <Progress campaign={campaign} />
      </td>
      <td className="wide">{aimOf(campaign, format)}</td>
      <td className="r num">{figure("sent")}</td>
      <td className="r num wide">{figure("opened")}</td>
      <td className="r num wide">{figure("clicked")}</td>
      <td className="r num wide">{figure("ordered")}</td>
      <td className="r num">
        <b>{figure("revenue")}</b>
      </td>
    </tr>
  );
}
