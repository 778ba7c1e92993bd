// While a person talks with a customer: since when, and the button that gives it back to flows.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, send, toast } from "../api";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { Conversation } from "../types";
import { Failure } from "./states";

const words = strings.customer;

/** Beside a thread, which has buttons of its own to hand it back, it is no card. */
export default function Hands({ id, isBeside = false }: { id: string; isBeside?: boolean }) {
  const { format } = useStore();
  const mayAnswer = useMay("answer");
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ["conversation", id],
    queryFn: () => api<Conversation>(`/customers/${id}/conversation`),
    refetchInterval: 30_000,
  });
  const back = useMutation({
    mutationFn: (how: "hand-back" | "not-needed") => send<Conversation>("POST", `/customers/${id}/${how}`),
    onSuccess: async () => {
      toast(words.handedBack);
      await queries.invalidateQueries();
    },
  });
  if (data?.state !== "human") return null;
  return (
    <section className={isBeside ? undefined : "card"} aria-labelledby="hands">
      <div className={isBeside ? undefined : "chead"}>
        <h2 id="hands">{words.inHumanHands}</h2>
      </div>
      <p className="sub">{words.humanSince(data.since ? format.zoned(data.since) : strings.none)}</p>
      {data.why && <p>{words.because(data.why)}</p>}
      {data.reasons.length > 0 && (
        <ul className="plainlist">
          {data.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      {back.error && <Failure error={back.error} retry={() => back.mutate(back.variables ?? "hand-back")} />}
      {mayAnswer && !isBeside && (
        <button type="button" className="btn" style={{ marginBlockStart: 12 }} disabled={back.isPending} onClick={() => back.mutate("hand-back")}>
          {words.handBack}
        </button>
      )}
      {mayAnswer && !isBeside && (data.rule === "frustration" || data.rule === "unanswered_twice") && (
        <>
          <button type="button" className="btn plain" disabled={back.isPending} onClick={() => back.mutate("not-needed")}>
            {words.notNeeded}
          </button>
          <p className="hint">{words.notNeededHint}</p>
        </>
      )}
    </section>
  );
}
