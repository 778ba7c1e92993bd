// The button that begins a test conversation, or opens the one that whoever presses it has.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { send } from "../api";
import { to } from "../place";
import { useMay } from "../store";
import type { Started } from "../types";
import { Failure } from "../ui/states";
import { again } from "./calls";
import { words } from "./words";

export function StartTest({ isPlain = false }: { isPlain?: boolean }) {
  const queries = useQueryClient();
  const [, go] = useLocation();
  const start = useMutation({
    mutationFn: () => send<Started>("POST", "/conversations/test"),
    onSuccess: ({ customer_id }) => {
      go(to(`/inbox/${customer_id}`));
      return again(queries);
    },
  });
  if (!useMay("answer")) return null;
  return (
    <>
      {start.error && <Failure error={start.error} retry={() => start.mutate()} />}
      <button type="button" className={isPlain ? "btn plain" : "btn primary"} disabled={start.isPending} onClick={() => start.mutate()}>
        {words.test.start}
      </button>
    </>
  );
}
