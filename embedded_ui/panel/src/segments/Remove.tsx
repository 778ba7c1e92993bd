// Deleting a segment: asked once; what uses it is named, and keeps it.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { send, toast } from "../api";
import { to } from "../place";
import type { OneSegment } from "../types";
import { Failure } from "../ui/states";
import { Uses } from "./Uses";
import { words } from "./words";

const says = words.one;

export function Remove({ segment }: { segment: OneSegment }) {
  const [isOpen, open] = useState(false);
  const queries = useQueryClient();
  const [, go] = useLocation();
  const remove = useMutation({
    mutationFn: () => send("DELETE", `/segments/${segment.id}`),
    onSuccess: async () => {
      toast(says.removed);
      go(to("/segments"));
      queries.removeQueries({ queryKey: ["segment", segment.id] });
      await queries.invalidateQueries({ queryKey: ["segments"] });
    },
  });
  const isUsed = segment.used_by.length > 0;
  return (
    <>
      <button type="button" className="btn" onClick={() => open(true)}>
        {says.remove}
      </button>
      <AlertDialog.Root open={isOpen} onOpenChange={open}>
        <AlertDialog.Portal>
          <AlertDialog.Backdrop className="backdrop" />
          <AlertDialog.Popup className="dialog">
            <AlertDialog.Title render={<h2 />}>{isUsed ? says.usedTitle : says.removeTitle(segment.name)}</AlertDialog.Title>
            <AlertDialog.Description>{isUsed ? says.usedText : says.removeText}</AlertDialog.Description>
            {isUsed && <Uses uses={segment.used_by} />}
            {remove.error && <Failure error={remove.error} retry={remove.mutate} />}
            <div className="inline">
              <AlertDialog.Close className="btn">{says.keep}</AlertDialog.Close>
              {!isUsed && (
                <button type="button" className="btn primary" disabled={remove.isPending} onClick={() => remove.mutate()}>
                  {says.remove}
                </button>
              )}
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Portal>
      </AlertDialog.Root>
    </>
  );
}
