// One campaign: its message, whom it reaches, when it goes out, and what came of it.
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, CircleAlert } from "lucide-react";
import { useEffect } from "react";
import { Link, useParams } from "wouter";
import { api } from "../api";
import { aimOf, whenOf } from "../campaigns/aim";
import { Audience } from "../campaigns/Audience";
import { MessageCard } from "../campaigns/MessageCard";
import { Progress } from "../campaigns/Progress";
import { Results } from "../campaigns/Results";
import { StateBadge, stateOf } from "../campaigns/StateBadge";
import { Stop } from "../campaigns/Stop";
import { When } from "../campaigns/When";
import { words } from "../campaigns/words";
import { to } from "../place";
import "../segments/segments.css";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Audience as Counted, OneCampaign } from "../types";
import { BackHead } from "../ui/BackHead";
import { PageSkeleton } from "../ui/Skeleton";
import { Failure } from "../ui/states";

const says = words.one;
const TO_BEGIN = ["draft", "scheduled", "held"];
const isBeginning = (one: OneCampaign) => one.state === "scheduled" && !one.send_at;
const isSoon = (one?: OneCampaign) => one !== undefined && (one.state === "sending" || isBeginning(one));

export default function CampaignPage() {
  const { id } = useParams<{ id: string }>();
  const { data, error, refetch } = useQuery({
    queryKey: ["campaign", id],
    queryFn: () => api<OneCampaign>(`/campaigns/${id}`),
    refetchInterval: ({ state }) => (isSoon(state.data) ? 3_000 : 60_000),
  });
  useEffect(() => {
    if (data) document.title = `${data.name} · ${strings.app}`;
  }, [data]);
  if (!data) {
    const head = { back: "/campaigns", label: says.back, title: strings.nav.campaigns };
    if (error) return <Failure error={error} retry={refetch} isPage head={<BackHead {...head} />} />;
    return <PageSkeleton head={<BackHead {...head} hasLine />} />;
  }
  return <Shown campaign={data} error={error} retry={refetch} />;
}

function Shown({ campaign, error, retry }: { campaign: OneCampaign; error: unknown; retry: () => void }) {
  const { format } = useStore();
  const canBegin = TO_BEGIN.includes(campaign.state);
  const audience = useQuery({
    queryKey: ["campaign", campaign.id, "audience", JSON.stringify(campaign.document.source)],
    queryFn: () => api<Counted>(`/campaigns/${campaign.id}/audience`),
    enabled: canBegin || campaign.state === "sending",
    refetchInterval: ({ state }) => (state.data?.building ? 3_000 : false),
  });
  return (
    <main className="page">
      <div className="phead with-back with-deeds">
        <Link className="btn plain icon" href={to("/campaigns")} aria-label={says.back}>
          <ArrowLeft size={18} aria-hidden />
        </Link>
        <div className="grow">
          <h1>{campaign.name}</h1>
          <span className="inline">
            <StateBadge campaign={campaign} />
            <span className="sub small">{whenOf(campaign, format)}</span>
          </span>
        </div>
        <Stop campaign={campaign} />
      </div>
      {Boolean(error) && <Failure error={error} retry={retry} isOld />}
      {campaign.reason && stateOf(campaign) === "held" && (
        <div className="banner warn">
          <CircleAlert size={16} aria-hidden />
          <p>{campaign.reason}</p>
        </div>
      )}
      {campaign.aim_changed_at && (
        <div className="banner warn">
          <CircleAlert size={16} aria-hidden />
          <p>{says.aimChanged(aimOf(campaign, format), format.zoned(campaign.aim_changed_at))}</p>
        </div>
      )}
      {campaign.state === "sending" && (
        <section className="card" style={{ marginBlockEnd: 16 }} aria-label={words.progressLabel}>
          <Progress campaign={campaign} of={audience.data?.customers} />
        </section>
      )}
      {campaign.started_at && <Results campaign={campaign} />}
      <div className="grid2 segment">
        <div>
          <MessageCard campaign={campaign} canChange={canBegin} />
          {canBegin && !isBeginning(campaign) && <When campaign={campaign} counted={audience.data} />}
        </div>
        {canBegin ? (
          <Audience campaign={campaign} counted={audience.data} error={audience.error} retry={audience.refetch} />
        ) : (
          <section className="card" aria-labelledby="aim">
            <h2 id="aim">{says.to}</h2>
            <p>{aimOf(campaign, format)}</p>
          </section>
        )}
      </div>
    </main>
  );
}
