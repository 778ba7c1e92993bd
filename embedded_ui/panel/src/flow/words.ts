// How a step of a flow is called, and how what is written in Liquid reads.
import { strings } from "../strings";
import type { Step } from "../types";

const words = strings.flow;

export function titleOf(step: Step): string {
  if (step.kind === "message" || step.kind === "ask" || step.kind === "collect") return step.name || words.kinds[step.kind]!;
  return words.kinds[step.kind] ?? step.kind;
}

/**
 * Give a subject line without its template language: "Still thinking it over, [first name]?"
 * Of what depends on something, the first way of saying it.
 */
export function readable(subject: string): string {
  return subject
    .replace(/\{%-?\s*(?:else|elsif|when)\b.*?\{%-?\s*end(?:if|unless|case)\s*-?%\}/gs, "")
    .replace(/\{%.*?%\}/gs, "")
    .replace(/\{\{-?\s*([\w.[\]]+).*?\}\}/gs, (_, path: string) => `[${detailOf(path)}]`)
    .replace(/\s+/g, " ")
    .trim();
}

const detailOf = (path: string) => words.tags[path] ?? path.split(".").at(-1)!.replaceAll("_", " ");
