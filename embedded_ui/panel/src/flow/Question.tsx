// What is asked before a flow is published or paused, and what it means for who is waiting.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Flow } from "../types";
import { Failure } from "../ui/states";
import type { Verb } from "./Actions";

const words = strings.flow;

type QuestionProps = {
  flow: Flow;
  verb: Verb | null;
  isBusy: boolean;
  error: unknown;
  act: (verb: Verb) => void;
  close: () => void;
};

export default function Question({ flow, verb, isBusy, error, act, close }: QuestionProps) {
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
