// The cart flow: which recipe, a test of its first message to oneself, and live.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Link } from "wouter";
import { api, send } from "../api";
import { to } from "../place";
import { useStore } from "../store";
import type { Draft, FlowLine, FlowList, FlowStatus, Trial } from "../types";
import { LookOnly } from "../ui/LookOnly";
import { Failure } from "../ui/states";
import { words } from "./words";

const STEP = 800; // ms between looks at a test under way

export function FlowCard() {
  const { data, error, refetch } = useQuery({ queryKey: ["flows", 30], queryFn: () => api<FlowList>("/flows?days=30") });
  if (!data) return error ? <Failure error={error} retry={refetch} /> : null;
  const flows = data.flows.filter((flow) => flow.trigger === "cart.abandoned");
  const live = flows.find((flow) => flow.status === "live");
  return (
    <section className="card" aria-labelledby="cart-flow">
      <div className="chead">
        <h2 id="cart-flow">{words.flowTitle}</h2>
        {live && <span className="badge ok">{words.done}</span>}
      </div>
      <div role="status">{live && <p>{words.live(live.name)}</p>}</div>
      {live && (
        <Link className="btn" href={to(`/flows/${live.id}`)} style={{ marginBlockStart: 12 }}>
          {words.see}
        </Link>
      )}
      {!live && flows.length > 0 && (
        <LookOnly right="publish">
          <Choose flows={flows} />
        </LookOnly>
      )}
      {!live && !flows.length && <p className="sub">{words.noRecipe}</p>}
    </section>
  );
}

function Choose({ flows }: { flows: FlowLine[] }) {
  const [chosen, choose] = useState(flows[0]!.id);
  const queries = useQueryClient();
  const publish = useMutation({
    mutationFn: () => send<FlowStatus>("POST", `/flows/${chosen}/publish`),
    onSuccess: async () => {
      for (const key of ["flows", "store", "stake"]) await queries.invalidateQueries({ queryKey: [key] });
    },
  });
  return (
    <>
      <fieldset className="recipes-choice">
        <legend className="sub">{words.flowText}</legend>
        {flows.map((flow) => (
          <label key={flow.id} className="choice">
            <input type="radio" name="recipe" checked={flow.id === chosen} onChange={() => choose(flow.id)} />
            <span>
              <b>{flow.name}</b>
              <span className="sub small" style={{ display: "block" }}>
                {flow.about?.timing}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      <SendTest key={chosen} flowId={chosen} />
      {Boolean(publish.error) && <Failure error={publish.error} retry={() => publish.mutate()} />}
      <button type="button" className="btn primary" disabled={publish.isPending} onClick={() => publish.mutate()}>
        {publish.isPending ? words.publishing : words.publish}
      </button>
    </>
  );
}

type Steps = { kind: string; template?: unknown }[];

/** The first message of the flow, as a customer would get it, to an address of one's own. */
function SendTest({ flowId }: { flowId: string }) {
  const { store } = useStore();
  const [address, setAddress] = useState("");
  const id = useId();
  const test = useMutation({
    mutationFn: async () => {
      const { draft } = await api<Draft>(`/flows/${flowId}/draft`);
      const first = (draft as { steps: Steps }).steps.find((step) => step.kind === "message");
      let trial = await send<Trial>("POST", "/templates/test", {
        template: first?.template,
        to: address,
        about: { trigger: "cart.abandoned" },
      });
      while (trial.state === "queued") {
        await new Promise((resolve) => setTimeout(resolve, STEP));
        trial = await api<Trial>(`/templates/test/${trial.id}`);
      }
      return trial;
    },
  });
  const told = test.data;
  return (
    <div className="field" style={{ marginBlockStart: 12 }}>
      <label htmlFor={id}>{words.testTo}</label>
      <div className="inline" style={{ flexWrap: "nowrap" }}>
        <input
          id={id}
          className="input"
          type="email"
          autoComplete="email"
          placeholder={store.domain.endsWith(".myshopify.com") ? undefined : `you@${store.domain}`}
          value={address}
          onChange={(event) => setAddress(event.target.value)}
        />
        <button
          type="button"
          className="btn"
          disabled={test.isPending || !address.includes("@")}
          onClick={() => test.mutate()}
        >
          {test.isPending ? words.testing : words.test}
        </button>
      </div>
      <span className="hint" role="status">
        {told && (told.state === "sent" ? words.tested(told.to) : words.testFailed(told.detail ?? told.state))}
      </span>
      {Boolean(test.error) && <Failure error={test.error} retry={() => test.mutate()} />}
    </div>
  );
}
