// Publishing, pausing and going on: each asks once, and says what happens to who is waiting.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { send, toast } from "../api";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Flow, FlowStatus } from "../types";
import { Failure } from "../ui/states";

const words = strings.flow;
type Verb = "publish" | "pause" | "resume";
const DONE: Record<Verb, string> = { publish: words.published, pause: words.paused, resume: words.resumed };

export function Actions({ flow }: { flow: Flow }) {
  const [asked, ask] = useState<Verb | null>(null);
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
      <Question flow={flow} verb={asked} isBusy={act.isPending} error={act.error} act={act.mutate} close={() => ask(null)} />
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

type QuestionProps = {
  flow: Flow;
  verb: Verb | null;
  isBusy: boolean;
  error: unknown;
  act: (verb: Verb) => void;
  close: () => void;
};

function Question({ flow, verb, isBusy, error, act, close }: QuestionProps) {
  const { format } = useStore();
  const waiting = format.int(flow.waiting);
  const isPause = verb === "pause";
  const title = isPause ? words.pauseTitle(flow.name) : words.publishTitle(flow.name);
  const text = isPause
    ? words.pauseText(waiting)
    : flow.live_version
      ? words.publishChangesText(waiting)
      : words.publishText;
  return (
    <AlertDialog.Root open={verb !== null} onOpenChange={(open) => !open && close()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title>{title}</AlertDialog.Title>
          <AlertDialog.Description>{text}</AlertDialog.Description>
          {Boolean(error) && <Failure error={error} retry={() => verb && act(verb)} />}
          <div className="inline">
            <AlertDialog.Close className="btn">{words.cancel}</AlertDialog.Close>
            <button type="button" className="btn primary" disabled={isBusy} onClick={() => verb && act(verb)}>
              {isPause ? words.pause : flow.live_version ? words.publishChanges : words.publish}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
