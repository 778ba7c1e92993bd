// Opens the dialog that lets many into a live flow; it loads when it is wanted.
import { UserPlus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { liveSteps } from "../builder/useShown";
import { titleOf } from "../flow/words";
import { useMay } from "../store";
import { strings } from "../strings";
import type { Flow } from "../types";

const LetIn = lazy(() => import("./LetIn"));

export function LetInButton({ flow }: { flow: Flow }) {
  // Null: not wanted yet.
  const [isOpen, open] = useState<boolean | null>(null);
  const mayPublish = useMay("publish");
  if (flow.status !== "live" || !mayPublish) return null;
  const names = new Map(liveSteps(flow.steps).map((step) => [step.id, titleOf(step)]));
  return (
    <>
      <button type="button" className="btn plain icon" aria-label={strings.flow.letIn} title={strings.flow.letIn} onClick={() => open(true)}>
        <UserPlus size={16} aria-hidden />
      </button>
      {isOpen !== null && (
        <Suspense>
          <LetIn flow={flow} names={names} isOpen={isOpen} open={open} />
        </Suspense>
      )}
    </>
  );
}
