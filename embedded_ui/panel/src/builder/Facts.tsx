// How conditions and facts read on the cards of a flow: the words for it come after the cards.
import { createContext, lazy, type ReactNode, Suspense, useMemo, useState } from "react";
import type { Test } from "../conditions/condition";
import { painted } from "../ui/painted";
import { allSteps, type FlowDocument, type Step } from "./document";
import type { FactNames } from "./telling";

const Clauses = lazy(() => painted().then(async () => ({ default: (await import("../conditions/Clauses")).Clauses })));

/** Null until the words are there; only what shows them is drawn anew then. */
export const FactsContext = createContext<FactNames | null>(null);

export function Facts({ document, children }: { document: FlowDocument; children: ReactNode }) {
  const [facts, tell] = useState<FactNames | null>(null);
  const steps = useMemo(() => allSteps(document), [document]);
  const tests = useMemo(() => steps.flatMap((step) => (step.kind === "condition" ? [step.condition as Test] : [])), [steps]);
  return (
    <FactsContext value={facts}>
      {children}
      {steps.some(asks) && (
        <Suspense>
          <Clauses tests={tests} facts={document.trigger.event} tell={tell} />
        </Suspense>
      )}
    </FactsContext>
  );
}

const asks = (step: Step) => step.kind === "condition" || step.kind === "switch" || (step.kind === "delay" && Boolean(step.until_field));
