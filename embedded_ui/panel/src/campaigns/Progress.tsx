// How far a campaign has come: a bar while it is being sent.
import { useStore } from "../store";
import type { PanelCampaign } from "../types";
import { words } from "./words";

export function Progress({ campaign, of }: { campaign: PanelCampaign; of?: number | undefined }) {
  const { format } = useStore();
  const { progress } = campaign;
  if (!progress || campaign.state !== "sending") return null;
  const isOver = !["waiting", "running"].includes(progress.state);
  const share = isOver ? 1 : of ? Math.min(1, progress.seen / of) : 0;
  return (
    <div>
      {(of !== undefined || isOver) && (
        <span
          className="bar"
          role="progressbar"
          aria-label={words.progressLabel}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
        >
          <i style={{ inlineSize: `${share * 100}%` }} />
        </span>
      )}
      <div className="sub small num">{words.progress(format.int(progress.seen), format.int(progress.entered))}</div>
    </div>
  );
}
