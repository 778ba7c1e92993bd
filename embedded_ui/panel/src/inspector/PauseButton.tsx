// Pausing a flow, and letting it go on.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useMutation } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { useState } from "react";
import { send, toast } from "../api";
import { useStore } from "../store";
import { strings } from "../strings";
import type { FlowStatus } from "../types";
import { Failure } from "../ui/states";
import type { TopBarProps } from "./props";

/** Pausing asks once, and says what becomes of who is waiting; going on does not. */
export function PauseButton({ flow, refresh }: TopBarProps) {
  const { format } = useStore();
  const said = strings.flow;
  const [isAsked, ask] = useState(false);
  const act = useMutation({
    mutationFn: (verb: "pause" | "resume") => send<FlowStatus>("POST", `/flows/${flow.id}/${verb}`),
    onSuccess: (_, verb) => {
      toast(verb === "pause" ? said.paused : said.resumed);
      ask(false);
      refresh();
    },
  });
  if (flow.status === "paused") {
    return (
      <button type="button" className="btn worded" title={said.resume} disabled={act.isPending} onClick={() => act.mutate("resume")}>
        <Play size={14} className="phone" aria-hidden />
        <span>{said.resume}</span>
      </button>
    );
  }
  if (flow.status !== "live") return null;
  return (
    <>
      <button type="button" className="btn worded" title={said.pause} onClick={() => ask(true)}>
        <Pause size={14} className="phone" aria-hidden />
        <span>{said.pause}</span>
      </button>
      <AlertDialog.Root open={isAsked} onOpenChange={ask}>
        <AlertDialog.Portal>
          <AlertDialog.Backdrop className="backdrop" />
          <AlertDialog.Popup className="dialog">
            <AlertDialog.Title>{said.pauseTitle(flow.name)}</AlertDialog.Title>
            <AlertDialog.Description>{said.pauseText(flow.waiting, format.int(flow.waiting))}</AlertDialog.Description>
            {Boolean(act.error) && <Failure error={act.error} retry={() => act.mutate("pause")} />}
            <div className="inline">
              <AlertDialog.Close className="btn">{said.cancel}</AlertDialog.Close>
              <button type="button" className="btn primary" disabled={act.isPending} onClick={() => act.mutate("pause")}>
                {said.pause}
              </button>
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Portal>
      </AlertDialog.Root>
    </>
  );
}
