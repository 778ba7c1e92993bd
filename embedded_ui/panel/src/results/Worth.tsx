// The one message that falls short the most of what is usual, and the A/B test that may help it.
import { useMutation } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useLocation } from "wouter";
import { send, toast } from "../api";
import { readable } from "../readable";
import { to } from "../place";
import { useStore } from "../store";
import type { BegunTest, WorthTesting } from "../types";
import { Failure } from "../ui/states";
import { words } from "./words";

export function Worth({ found }: { found: WorthTesting }) {
  const { format } = useStore();
  const [, go] = useLocation();
  const begin = useMutation({
    mutationFn: () => send<BegunTest>("POST", `/flows/${found.flow_id}/messages/${found.step_id}/test`),
    onSuccess: ({ copy_id }) => {
      toast(words.begun);
      go(to(`/flows/${found.flow_id}?step=${copy_id}`));
    },
  });
  const sentence = words.worth[found.aspect]!;
  return (
    <section className="card" style={{ marginBlockEnd: 16 }} aria-labelledby="worth">
      <div className="inline" style={{ flexWrap: "nowrap", alignItems: "flex-start", gap: 12 }}>
        <span className="ic" style={{ background: "var(--c-logic-soft)", color: "var(--c-logic)" }}>
          <FlaskConical size={16} aria-hidden />
        </span>
        <div className="grow">
          <h2 id="worth">{words.worthTitle}</h2>
          <p>{sentence(readable(found.name), format.percent(found.rate), format.percent(found.usual))}</p>
          <p className="sub small" style={{ marginBlockEnd: 12 }}>
            {words.worthHow(found.flow_name)}
          </p>
          {Boolean(begin.error) && <Failure error={begin.error} retry={() => begin.mutate()} />}
          <button type="button" className="btn" disabled={begin.isPending} onClick={() => begin.mutate()}>
            {begin.isPending ? words.beginning : words.begin}
          </button>
        </div>
      </div>
    </section>
  );
}
