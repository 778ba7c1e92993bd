// How a step of a flow is called.
import { strings } from "../strings";
import type { Step } from "../types";

const words = strings.flow;

export function titleOf(step: Step): string {
  if (step.kind === "message" || step.kind === "ask" || step.kind === "collect") return step.name || words.kinds[step.kind]!;
  return words.kinds[step.kind] ?? step.kind;
}
