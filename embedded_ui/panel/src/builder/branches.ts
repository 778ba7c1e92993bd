// What can be done to the ways out of a branching step. Each edit gives a new document.
import { branchesOf, type FlowDocument, listOf, type Step, stepsAt } from "./document";
import { remove, replace } from "./edits";

/** Add a way out: a variant with a weight of its own, or a case before "otherwise". */
export function addBranch(document: FlowDocument, id: string, key?: string): FlowDocument {
  return replace(document, id, (step) => {
    const name = key ?? freeKey(step);
    if (branchesOf(step).some((branch) => branch.key === name)) return step;
    if (step.kind === "split") return { ...step, variants: [...step.variants, { key: name, weight: meanWeight(step), steps: [] }] };
    if (step.kind === "switch") return { ...step, cases: [...step.cases, { key: name, values: [], steps: [] }] };
    if (step.kind === "ask") return { ...step, answers: [...(step.answers ?? []), { key: name, label: "", steps: [] }] };
    return step;
  });
}

const meanWeight = ({ variants }: { variants: { weight: number }[] }) =>
  Math.max(1, Math.round(variants.reduce((sum, { weight }) => sum + weight, 0) / Math.max(1, variants.length)));

/** Give the next letter, or number of a way or an answer, that a step has no branch of. */
export function freeKey(step: Step): string {
  const taken = new Set(branchesOf(step).map((branch) => branch.key));
  const numbered = (name: string, before: number) => Array.from({ length: 50 }, (_, at) => `${name}-${before + at + 1}`);
  const names =
    step.kind === "split" ? [..."abcdefghijklmnopqrstuvwxyz"] : step.kind === "switch" ? numbered("way", step.cases.length) : numbered("answer", 0);
  // Ways were called cases once, and still are where nobody has named them.
  return names.find((name) => !taken.has(name) && !taken.has(name.replace("way", "case"))) ?? `more-${taken.size}`;
}

/** Take a way out away, with its steps; an A/B split keeps two at the least, the others one. */
export function removeBranch(document: FlowDocument, id: string, key: string): FlowDocument {
  const emptied = remove(document, (stepsAt(document, listOf(id, key)) ?? []).map((step) => step.id));
  const made = replace(emptied, id, (step) => {
    const without = <T extends { key: string }>(arms: T[]) => arms.filter((arm) => arm.key !== key);
    if (step.kind === "split" && step.variants.length > 2) return { ...step, variants: without(step.variants) };
    if (step.kind === "switch" && step.cases.length > 1) return { ...step, cases: without(step.cases) };
    if (step.kind === "ask") return { ...step, answers: without(step.answers ?? []) };
    return step;
  });
  return made === emptied ? document : made;
}

/** Let a branch change places with a neighbour: `by` is -1 or 1. "Otherwise" stays last. */
export function moveBranch(document: FlowDocument, id: string, key: string, by: number): FlowDocument {
  return replace(document, id, (step) => {
    if (step.kind === "split") return { ...step, variants: shifted(step.variants, key, by) };
    if (step.kind === "ask") return { ...step, answers: shifted(step.answers ?? [], key, by) };
    return step.kind === "switch" ? { ...step, cases: shifted(step.cases, key, by) } : step;
  });
}

function shifted<T extends { key: string }>(arms: T[], key: string, by: number): T[] {
  const at = arms.findIndex((arm) => arm.key === key);
  const to = at + by;
  if (at < 0 || to < 0 || to >= arms.length) return arms;
  const made = [...arms];
  made.splice(to, 0, ...made.splice(at, 1));
  return made;
}

/** Let the two ways of a yes/no step, or of a wait, change their steps. */
export function swapBranches(document: FlowDocument, id: string): FlowDocument {
  return replace(document, id, (step) =>
    step.kind === "condition" || step.kind === "wait_for_event"
      ? { ...step, yes: step.no ?? [], no: step.yes ?? [] }
      : step,
  );
}

/** Give a variant or a case another key; a key that is taken, or none of ours, changes nothing. */
export function renameBranch(document: FlowDocument, id: string, key: string, name: string): FlowDocument {
  return replace(document, id, (step) => {
    const isFree = /^[a-z0-9][a-z0-9_-]{0,39}$/.test(name) && !branchesOf(step).some((branch) => branch.key === name);
    if (!isFree || name === "otherwise") return step;
    const rename = <T extends { key: string }>(arms: T[]) => arms.map((arm) => (arm.key === key ? { ...arm, key: name } : arm));
    if (step.kind === "split") return { ...step, variants: rename(step.variants) };
    return step.kind === "switch" ? { ...step, cases: rename(step.cases) } : step;
  });
}

/** Give a variant its weight: a whole number; shares are of their sum. */
export function setWeight(document: FlowDocument, id: string, key: string, weight: number): FlowDocument {
  return replace(document, id, (step) =>
    step.kind === "split"
      ? { ...step, variants: step.variants.map((one) => (one.key === key ? { ...one, weight } : one)) }
      : step,
  );
}
