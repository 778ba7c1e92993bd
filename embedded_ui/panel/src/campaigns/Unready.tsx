// Why a campaign can't be sent yet, beside the button that would, and the way to mend it.
import { CircleAlert } from "lucide-react";
import { Link } from "wouter";
import { to } from "../place";
import { useMay } from "../store";
import type { OneCampaign } from "../types";
import { sentenceOf } from "../ui/sentence";
import { words } from "./words";

const says = words.one;
const MOST = 3;
export const UNREADY = "campaign-unready";

export function Unready({ campaign }: { campaign: OneCampaign }) {
  const mayEdit = useMay("edit");
  if (!campaign.problems.length) return null;
  const told = [...new Set(campaign.problems.map(sentenceOf))];
  return (
    <div className="banner warn" style={{ marginBlock: "12px 0" }}>
      <CircleAlert size={16} aria-hidden />
      <div id={UNREADY}>
        <b>{says.unready}</b>
        {told.slice(0, MOST).map((one) => (
          <p key={one}>{one}</p>
        ))}
        {mayEdit && (
          <Link className="btn" href={to(`/campaigns/${campaign.id}/message?step=${campaign.problems[0]!.step}`)}>
            {says.write}
          </Link>
        )}
      </div>
    </div>
  );
}
