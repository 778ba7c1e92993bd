// Calling a campaign off; pausing one that is under way, and going on with it.
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
const SAID: Record<Verb, string> = { unschedule: says.unschedule, cancel: says.cancel, pause: says.pause, resume: says.resume };
/** What may be done as it stands. */
const MAY: Record<string, Verb[]> = {
  draft: ["cancel"],
  scheduled: ["unschedule", "cancel"],
  held: ["unschedule", "cancel"],
  sending: ["cancel", "pause"],
  paused: ["cancel", "resume"],
};
const isAsked = (verb: Verb) => verb === "cancel" || verb === "pause";

export function Stop({ campaign }: { campaign: PanelCampaign }) {
  const mayPublish = useMay("publish");
  const [asked, ask] = useState<Verb | null>(null);
  const [shown, show] = useState<Verb>("cancel"); // its words stay while the question goes away
  const queries = useQueryClient();
  const act = useMutation({
    mutationFn: (what: Verb) => send<Campaign>("POST", `/campaigns/${campaign.id}/${what}`),
    onSuccess: (now, what) => {
      toast(what === "cancel" && now.state === "sent" ? says.sentAlready : DONE[what]);
      ask(null);
    },
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: ["campaign", campaign.id] });
      await queries.invalidateQueries({ queryKey: ["campaigns"] });
    },
  });
  const verbs = MAY[stateOf(campaign)];
  if (!verbs || !mayPublish) return null;
  const press = (verb: Verb) => {
    if (!isAsked(verb)) return act.mutate(verb);
    act.reset();
    show(verb);
    ask(verb);
  };
  return (
    <>
      {act.error && !asked && <Failure error={act.error} retry={() => act.reset()} />}
      {verbs.map((verb) => (
        <button
          key={verb}
          type="button"
          className={verb === "resume" ? "btn primary" : "btn"}
          disabled={act.isPending}
          {...(isAsked(verb) ? asks : {})}
          onClick={() => press(verb)}
        >
          {SAID[verb]}
        </button>
      ))}
      <Asked
        isOpen={asked !== null}
        open={(isOpen) => !isOpen && ask(null)}
        title={shown === "cancel" ? says.cancelTitle(campaign.name) : says.pauseTitle(campaign.name)}
        text={textOf(shown, campaign)}
        keep={says.keep}
        act={
          <button type="button" className="btn primary" disabled={act.isPending} onClick={() => act.mutate(shown)}>
            {SAID[shown]}
          </button>
        }
      >
        {act.error && <Failure error={act.error} retry={() => act.mutate(shown)} />}
      </Asked>
    </>
  );
}

function textOf(verb: Verb, { state }: PanelCampaign): string {
  if (verb === "pause") return says.pauseText;
  return state === "sending" ? says.cancelRestText : says.cancelText;
}
