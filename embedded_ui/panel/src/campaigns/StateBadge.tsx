// How a campaign stands, in a word.
import type { PanelCampaign } from "../types";
import { words } from "./words";

const TONES: Record<string, string> = { scheduled: "info", sending: "info", paused: "warn", sent: "ok", held: "warn" };

export const stateOf = ({ state, paused }: Pick<PanelCampaign, "state" | "paused">) =>
  state === "sending" && paused ? "paused" : state;

export function StateBadge({ campaign }: { campaign: Pick<PanelCampaign, "state" | "paused"> }) {
  const state = stateOf(campaign);
  return <span className={`badge ${TONES[state] ?? ""}`}>{words.states[state] ?? state}</span>;
}
