// Whom a campaign is for, and when it goes out, in words.
import type { Format } from "../format";
import type { PanelCampaign } from "../types";
import { words } from "./words";

export function aimOf({ aim }: PanelCampaign, format: Format): string {
  if (aim.kind === "everyone") return words.everyone;
  if (aim.kind === "customers") return words.named(aim.customers ?? 0, format.int(aim.customers ?? 0));
  return aim.name ?? words.gone;
}

/** Say when it goes or went out; a planned time is by a wall clock, which no zone may move. */
export function whenOf(campaign: PanelCampaign, format: Format): string {
  const { state, send_at, clock, started_at, finished_at } = campaign;
  if (finished_at && state === "sent") return words.sentAt(format.zoned(finished_at));
  if (started_at && state !== "held") return words.begun(format.zoned(started_at));
  if (!send_at || state !== "scheduled") return "";
  const told = format.wallClock(send_at);
  return clock === "customer" ? words.byCustomers(told) : words.at(`${told} ${format.zone(`${send_at}Z`)}`);
}
