// Where a message stands in an A/B split: the same place in the other variants, one click away.
import { Link } from "wouter";
import { around, type FlowDocument, type Step, walk } from "../builder/document";
import { to } from "../place";
import { useStore } from "../store";
import type { Document } from "./keeping";
import { words } from "./words";

type Arm = { key: string; weight: number; step: string };

/** Give the variants of the innermost split around a step, each with the message in its place. */
export function armsOf(document: Document, id: string): Arm[] {
  const outer = around(document as FlowDocument, id);
  const split = outer.findLast((step) => step.kind === "split");
  if (split?.kind !== "split") return [];
  const own = split.variants.find((variant) => walk(variant.steps ?? []).some((step) => step.id === id))!;
  const nth = written(own.steps ?? []).findIndex((step) => step.id === id);
  return split.variants.flatMap(({ key, weight, steps }) => {
    const there = written(steps ?? []);
    const step = there[nth] ?? there.at(-1);
    return step ? [{ key, weight, step: step.id }] : [];
  });
}

const written = (steps: Step[]) => walk(steps).filter((step) => step.kind === "message");

export function Arms({ arms, here, path }: { arms: Arm[]; here: string; path: (step: string) => string }) {
  const { format } = useStore();
  if (arms.length < 2) return null;
  const all = arms.reduce((sum, arm) => sum + arm.weight, 0) || 1;
  return (
    <nav className="seg arms" aria-label={words.variants}>
      {arms.map((arm) => (
        <Link key={arm.key} href={to(path(arm.step))} aria-current={arm.step === here ? "page" : undefined}>
          {words.variant(arm.key, format.share(arm.weight / all))}
        </Link>
      ))}
    </nav>
  );
}
