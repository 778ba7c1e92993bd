// What needs the merchant, each with what can be done about it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { Link } from "wouter";
import { send, toast } from "../api";
import { PLACES } from "../places";
import { to } from "../place";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { Problem } from "../types";
import { Failure } from "../ui/states";
import { words } from "./words";

const RETRIED = new Set(["dead_messages", "stuck_customers", "failed_imports", "dead_callbacks", "failed_consent_writes"]);
/** Where the rest is settled. */
const WHERE: Record<string, keyof typeof words.actions> = {
  held_messages: "settings",
  code_budget: "settings",
  failed_codes: "flows",
  low_code_pools: "flows",
  dead_webhooks: "flows",
  failed_messages: "flows",
  unknown_messages: "flows",
  unknown_rewards: "customers",
  failed_rewards: "customers",
  held_campaigns: "campaigns",
};

export function Problems({ problems }: { problems: Problem[] }) {
  const { format } = useStore();
  const said = strings.dashboard;
  const mayPublish = useMay("publish");
  if (!problems.length) return null;
  return (
    <section className="banner warn" aria-labelledby="problems">
      <TriangleAlert size={16} aria-hidden />
      <div className="grow">
        <h2 id="problems">{said.problemsTitle}</h2>
        <ul className="problems">
          {problems.map(({ kind, count }) => (
            <li key={kind}>
              <span>{said.problems[kind]?.(count, format.int(count)) ?? kind}</span>
              {RETRIED.has(kind) ? mayPublish && <Retry kind={kind} /> : <Lead kind={kind} />}
            </li>
          ))}
        </ul>
        <span className="small">{said.problemsWhen}</span>
      </div>
    </section>
  );
}

function Lead({ kind }: { kind: string }) {
  const action = WHERE[kind];
  const place = `/${action}`;
  // A page that is not there is led to by nobody.
  if (!action || !PLACES.some(([path]) => path === place)) return null;
  return (
    <Link className="btn" href={to(place)}>
      {words.actions[action]}
    </Link>
  );
}

function Retry({ kind }: { kind: string }) {
  const { format } = useStore();
  const queries = useQueryClient();
  const retry = useMutation({
    mutationFn: () => send<{ retried: number }>("POST", "/dashboard/retry", { kind }),
    onSuccess: async ({ retried }) => {
      toast(words.retried(retried, format.int(retried)));
      await queries.invalidateQueries({ queryKey: ["dashboard"] });
      await queries.invalidateQueries({ queryKey: ["store"] });
    },
  });
  return (
    <>
      <button type="button" className="btn" disabled={retry.isPending} onClick={() => retry.mutate()}>
        {words.actions.retry}
      </button>
      {Boolean(retry.error) && <Failure error={retry.error} retry={() => retry.mutate()} />}
    </>
  );
}
