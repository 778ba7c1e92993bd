// Cancelling a campaign before it begins; pausing one that is under way, and going on with it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send, toast } from "../api";
import { useMay } from "../store";
import type { Campaign, PanelCampaign } from "../types";
import { Asked, asks } from "../ui/Asked";
import { Failure } from "../ui/states";
import { stateOf } from "./StateBadge";
import { words } from "./words";

const says = words.one;
type Verb = "cancel" | "pause" | "resume" | "unschedule";
const DONE: Record<Verb, string> = { unschedule: says.unscheduled, cancel: says.cancelled, pause: says.paused, resume: says.resumed };
const MAY: Record<string, Verb> = {
  draft: "cancel",
  scheduled: "cancel",
  held: "cancel",
  sending: "pause",
  paused: "resume",
};

export function Stop({ campaign }: { campaign: PanelCampaign }) {
  const verb = MAY[stateOf(campaign)];
  const mayPublish = useMay("publish");
  const [isOpen, open] = useState(false);
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: (what: Verb) => send<Campaign>("POST", `/campaigns/${campaign.id}/${what}`),
    onSuccess: (_, what) => {
      toast(DONE[what]);
      open(false);
    },
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: ["campaign", campaign.id] });
      await queries.invalidateQueries({ queryKey: ["campaigns"] });
    },
  });
  if (!verb || !mayPublish) return null;
  if (verb === "resume") {
    return (
      <button type="button" className="btn primary" disabled={act.isPending} onClick={() => act.mutate(verb)}>
        {says.resume}
      </button>
    );
  }
  const isCancel = verb === "cancel";
  return (
    <>
      {["scheduled", "held"].includes(stateOf(campaign)) && (
        <button type="button" className="btn" disabled={act.isPending} onClick={() => act.mutate("unschedule")}>
          {says.unschedule}
        </button>
      )}
      {act.error && !isOpen && <Failure error={act.error} retry={() => act.reset()} />}
      <button type="button" className="btn" {...asks} onClick={() => open(true)}>
        {isCancel ? says.cancel : says.pause}
      </button>
      <Asked
        isOpen={isOpen}
        open={open}
        title={isCancel ? says.cancelTitle(campaign.name) : says.pauseTitle(campaign.name)}
        text={isCancel ? says.cancelText : says.pauseText}
        keep={says.keep}
        act={
          <button type="button" className="btn primary" disabled={act.isPending} onClick={() => act.mutate(verb)}>
            {isCancel ? says.cancel : says.pause}
          </button>
        }
      >
        {act.error && <Failure error={act.error} retry={() => act.mutate(verb)} />}
      </Asked>
    </>
  );
}
