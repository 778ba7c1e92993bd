// Publishing, pausing and going on: each asks once, and says what happens to who is waiting.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { send, toast } from "../api";
import { strings } from "../strings";
import type { Flow, FlowStatus } from "../types";

const words = strings.flow;
export type Verb = "publish" | "pause" | "resume";
const Question = lazy(() => import("./Question"));
const DONE: Record<Verb, string> = { publish: words.published, pause: words.paused, resume: words.resumed };

export function Actions({ flow }: { flow: Flow }) {
  const [asked, setAsked] = useState<Verb | null>(null);
  // The dialog loads when something is asked for the first time, and stays to close in its own way.
  const [wasAsked, setWasAsked] = useState(false);
  const ask = (verb: Verb | null) => {
    setAsked(verb);
    setWasAsked(true);
  };
  const act = useAct(flow, () => ask(null));
  const isFixed = flow.problems.length === 0;
  return (
    <>
      {flow.status === "live" && (
        <button type="button" className="btn" onClick={() => ask("pause")}>
          {words.pause}
        </button>
      )}
      {flow.status === "paused" && (
        <button type="button" className="btn primary" disabled={act.isPending} onClick={() => act.mutate("resume")}>
          {words.resume}
        </button>
      )}
      {(flow.status === "draft" || flow.has_changes) && (
        <button type="button" className="btn primary" disabled={!isFixed} onClick={() => ask("publish")}>
          {flow.live_version ? words.publishChanges : words.publish}
        </button>
      )}
      {wasAsked && (
        <Suspense>
          <Question flow={flow} verb={asked} isBusy={act.isPending} error={act.error} act={act.mutate} close={() => ask(null)} />
        </Suspense>
      )}
    </>
  );
}

function useAct(flow: Flow, close: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (verb: Verb) => send<FlowStatus>("POST", `/flows/${flow.id}/${verb}`),
    onSuccess: async (_, verb) => {
      toast(DONE[verb]);
      close();
      await queries.invalidateQueries();
    },
  });
}
