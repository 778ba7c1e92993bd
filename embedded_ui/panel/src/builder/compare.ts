// What differs between two documents of one flow, step by step.
import {
  allSteps, branches, branchesOf, type FlowDocument, listOf, placeOf, ROOT, type Step, stepsAt,
} from "./document";
import { isSame } from "../same";

export type Part = "name" | "trigger" | "exits" | "filter" | "notes";
export type Change =
  | { what: "added" | "removed" | "changed" | "moved"; id: string; step: Step }
  | { what: "changed"; id: Part; step: null };

/** Give what became of a flow, in the order in which it is read; nothing for two that say the same. */
export function compare(before: FlowDocument, after: FlowDocument): Change[] {
  const old = new Map(allSteps(before).map((step) => [step.id, step]));
  const stayed = inPlace(before, after);
  const now = new Map(allSteps(after).map((step) => [step.id, step]));
  const changes: Change[] = parts(before, after).map((id) => ({ what: "changed", id, step: null }));
  for (const [id, step] of now) {
    const was = old.get(id);
    if (!was) changes.push({ what: "added", id, step });
    else if (!isSame(alone(was), alone(step))) changes.push({ what: "changed", id, step });
    else if (!stayed.has(id)) changes.push({ what: "moved", id, step });
  }
  for (const [id, step] of old) if (!now.has(id)) changes.push({ what: "removed", id, step });
  return changes;
}

function parts(before: FlowDocument, after: FlowDocument): Part[] {
  const told: [Part, unknown, unknown][] = [
    ["name", before.name, after.name],
    ["trigger", before.trigger, after.trigger],
    ["exits", before.exits ?? [], after.exits ?? []],
    ["filter", before.filter, after.filter],
    ["notes", before.notes ?? {}, after.notes ?? {}],
  ];
  return told.filter(([, old, now]) => !isSame(old, now)).map(([part]) => part);
}

/** Give a step without what its branches hold: only that they are there. */
function alone(step: Step): unknown {
  if (!branches(step)) return step;
  const { yes, no, otherwise, silent, given, variants, cases, answers, ...own } = step as unknown as Record<string, unknown>;
  const bare = (arms: unknown) => (arms as object[] | undefined)?.map((arm) => ({ ...arm, steps: undefined }));
  return { ...own, variants: bare(variants), cases: bare(cases), answers: bare(answers), keys: branchesOf(step).map(({ key }) => key) };
}

/** Give the steps that stand in the list they stood in, in the same order: as many as can be said so of. */
function inPlace(before: FlowDocument, after: FlowDocument): Set<string> {
  const stood = new Map(allSteps(before).map(({ id }) => [id, placeOf(before, id)!]));
  const lists = [ROOT, ...allSteps(after).flatMap((step) => branchesOf(step).map(({ key }) => listOf(step.id, key)))];
  return new Set(
    lists.flatMap((list) => {
      const ids = stepsAt(after, list)!.map(({ id }) => id).filter((id) => stood.get(id)?.list === list);
      return longestRising(ids, (id) => stood.get(id)!.at);
    }),
  );
}

/** Give the longest row of things, in their order, whose numbers rise. */
function longestRising<T>(things: T[], numberOf: (thing: T) => number): T[] {
  let longest: T[] = [];
  const ending: T[][] = [];
  for (const thing of things) {
    const before = ending.filter((row) => numberOf(row.at(-1)!) < numberOf(thing));
    const row = [...before.reduce((best, one) => (one.length > best.length ? one : best), [] as T[]), thing];
    ending.push(row);
    if (row.length > longest.length) longest = row;
  }
  return longest;
}
