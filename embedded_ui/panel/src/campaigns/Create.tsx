// The dialog that begins a campaign: what it is called, and for whom it is.
import { Dialog } from "@base-ui/react/dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useLocation } from "wouter";
import { ApiError, send } from "../api";
import { to } from "../place";
import type { Campaign } from "../types";
import { Failure } from "../ui/states";
import { AimSelect } from "./AimSelect";
import { words } from "./words";

const says = words.make;

/** `given`: the segment that it is begun for, where one was chosen before. */
export default function Create({ given, isOpen, open }: { given: string; isOpen: boolean; open: (isOpen: boolean) => void }) {
  const id = useId();
  const [name, setName] = useState("");
  const [segment, aim] = useState(given);
  const begin = useBegin();
  const wrong = begin.error instanceof ApiError && begin.error.field === "name" ? begin.error.message : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) begin.mutate({ name: name.trim(), segment: segment || null });
  };
  return (
    <Dialog.Root open={isOpen} onOpenChange={open}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title render={<h2 />}>{says.title}</Dialog.Title>
          <Dialog.Description style={{ marginBlockEnd: 12 }}>{says.text}</Dialog.Description>
          <form onSubmit={submit} noValidate>
            {begin.error && !wrong && <Failure error={begin.error} retry={() => begin.reset()} />}
            <div className="field">
              <label htmlFor={`${id}-name`}>{says.name}</label>
              <input
                id={`${id}-name`}
                className="input"
                maxLength={120}
                value={name}
                aria-invalid={wrong !== null}
                aria-describedby={`${id}-hint`}
                onChange={(event) => setName(event.target.value)}
              />
              <span id={`${id}-hint`} className={wrong ? "wrong" : "hint"}>
                {wrong ?? says.nameHint}
              </span>
            </div>
            <div className="field">
              <label htmlFor={`${id}-to`}>{says.to}</label>
              <AimSelect id={`${id}-to`} value={segment} choose={aim} />
            </div>
            <div className="inline">
              <Dialog.Close className="btn">{says.cancel}</Dialog.Close>
              <button type="submit" className="btn primary" disabled={begin.isPending || !name.trim()}>
                {says.begin}
              </button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function useBegin() {
  const queries = useQueryClient();
  const [, go] = useLocation();
  return useMutation({
    mutationFn: (wanted: { name: string; segment: string | null }) =>
      send<Campaign>("POST", "/campaigns/begin", wanted),
    onSuccess: async (made) => {
      go(to(`/campaigns/${made.id}`));
      await queries.invalidateQueries({ queryKey: ["campaigns"] });
    },
  });
}
