// How the conditions of a flow read on its cards: it draws nothing, and tells whoever draws them.
import { useEffect } from "react";
import type { Test } from "./condition";
import { type Clauses as Told, useClauses } from "./sentence";

type Props = { tests: Test[]; facts: string; tell: (told: Told | null) => void };

export function Clauses({ tests, facts, tell }: Props) {
  const told = useClauses(tests, facts);
  useEffect(() => tell(told), [told, tell]);
  return null;
}
