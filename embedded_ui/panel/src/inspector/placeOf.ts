// What a problem's step is called; apart from the list of problems, which comes after the builder stands.
import { find, type FlowDocument } from "../builder/document";
import { strings } from "../strings";
import { words } from "./words";

/** Say where something is: at which step, at the trigger, or in the flow as a whole. */
export function placeOf(document: FlowDocument, stepId: string): string {
  if (stepId === "trigger") return words.problems.trigger;
  const step = stepId ? find(document, stepId) : undefined;
  if (!step) return words.problems.flow;
  return (step.kind === "message" && step.name) || strings.flow.kinds[step.kind]!;
}
