// The way to a flow's sentence: what opens on a click is loaded then.
import { MessageSquareText } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { InspectorProps } from "./props";
import { words } from "./words";

const SentenceSheet = lazy(async () => ({ default: (await import("./SentenceSheet")).SentenceSheet }));

export type SentenceProps = Pick<InspectorProps, "flow" | "change" | "flush">;

export function SentenceButton(props: SentenceProps) {
  const [isOpen, open] = useState(false);
  return (
    <>
      <button type="button" className="btn" onClick={() => open(true)}>
        <MessageSquareText size={14} aria-hidden />
        {words.sentence.open}
      </button>
      <Suspense>{isOpen && <SentenceSheet {...props} close={() => open(false)} />}</Suspense>
    </>
  );
}
