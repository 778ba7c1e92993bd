// What happened in a flow, looked up by step: the figures that cards and lines show.
import { useMemo } from "react";
import { useStore } from "../store";
import type { Flow, Step as LiveStep } from "../types";
import type { Branch, FlowDocument, Step } from "./document";
import { walk } from "./document";
import type { DocumentProblem } from "./drafts";
import { type Drawn, layout } from "./layout";
import { branchLabel } from "./telling";
import { words } from "./words";

/** Give the figures of each step that was live in the period; none for a flow that never was. */
export function useFigures(flow: Flow) {
  return useMemo(() => {
    const isLive = flow.live_version !== null;
    const steps = new Map(isLive ? liveSteps(flow.steps).map((step) => [step.id, step]) : []);
    const branch = (id: string, key: string) => steps.get(id)?.branches?.find((one) => one.key === key);
    return {
      isLive,
      figuresOf: (id: string) => steps.get(id)?.figures,
      variantsOf: (id: string) => steps.get(id)?.branches,
      takenOf: (id: string, key: string) => branch(id, key)?.taken,
      hasWon: (id: string, key: string) => branch(id, key)?.won ?? false,
    };
  }, [flow]);
}

/** Give every step that the server drew, those in branches too. */
export function liveSteps(steps: LiveStep[]): LiveStep[] {
  return steps.flatMap((step) => [step, ...(step.branches ?? []).flatMap((branch) => liveSteps(branch.steps))]);
}

export type FlowFigures = ReturnType<typeof useFigures>;

type Told = {
  flow: Flow;
  document: FlowDocument;
  figures: FlowFigures;
  problems: DocumentProblem[];
  folded: ReadonlySet<string>;
  marked: ReadonlySet<string>;
};

/** Give the flow as it is drawn. */
export function useDrawn({ flow, document, figures, problems, folded, marked }: Told): Drawn {
  const { format } = useStore();
  const labelOf = useMemo(
    () => (step: Step, branch: Branch) => {
      const label = branchLabel(step, branch, format);
      return figures.hasWon(step.id, branch.key) ? words.won(label) : label;
    },
    [format, figures],
  );
  const issues = useMemo(() => issuesOf(problems), [problems]);
  return useMemo(
    () =>
      layout(document, {
        figuresOf: figures.figuresOf,
        takenOf: figures.takenOf,
        entered: figures.isLive ? flow.entered : undefined,
        completed: figures.isLive ? (flow.left.find((each) => each.reason === "completed")?.count ?? 0) : undefined,
        issueOf: (id) => issues.get(id),
        labelOf,
        folded,
        marked,
      }),
    [document, figures, flow.entered, flow.left, issues, labelOf, folded, marked],
  );
}

function issuesOf(problems: DocumentProblem[]): Map<string, string> {
  const byStep = Map.groupBy(problems, (problem) => problem.step);
  return new Map([...byStep].map(([step, found]) => [step, found.length > 1 ? words.issues(found.length) : found[0]!.remedy]));
}

/** Count who waits at some steps and inside them. */
export function waitingAt(steps: Step[], { figuresOf }: FlowFigures): number {
  return walk(steps).reduce((sum, step) => sum + (figuresOf(step.id)?.waiting ?? 0), 0);
}
