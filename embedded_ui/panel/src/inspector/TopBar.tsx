// The right end of the builder's bar: problems, versions, pausing, and publishing.
import { CircleAlert, History } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useStore } from "../store";
import { painted } from "../ui/painted";
import "./inspector.css";
import type { TopBarProps } from "./props";
import { useCheck } from "./useProblems";
import { words } from "./words";

// What opens on a click is loaded then, and what opens something once the rest is on the screen.
const Problems = lazy(() => painted().then(async () => ({ default: (await import("./Problems")).Problems })));
const PublishSheet = lazy(async () => ({ default: (await import("./PublishSheet")).PublishSheet }));
const Versions = lazy(async () => ({ default: (await import("./Versions")).Versions }));
const PauseButton = lazy(() => painted().then(async () => ({ default: (await import("./PauseButton")).PauseButton })));

export function TopBar(props: TopBarProps) {
  const { flow, document, isReadOnly, go } = props;
  const [open, show] = useState<"publish" | "versions" | null>(null);
  const { check, isChecking } = useCheck(flow.id, document);
  const found = check ?? { problems: props.problems, warnings: [] };
  const { store } = useStore();
  const mayPublish = store.you.rights.includes("publish");
  const canPublish = flow.status !== "live" || flow.has_changes;
  return (
    <>
      <Suspense fallback={<Count problems={found.problems.length} hints={found.warnings.length} />}>
        <Problems document={document} problems={found.problems} warnings={found.warnings} isChecking={isChecking} go={go} />
      </Suspense>
      {flow.live_version !== null && (
        <button type="button" className="btn worded" title={words.versions.open} onClick={() => show("versions")}>
          <History size={14} aria-hidden />
          <span>{words.versions.open}</span>
        </button>
      )}
      <Suspense>{mayPublish && <PauseButton {...props} />}</Suspense>
      {mayPublish && !isReadOnly && (
        <button type="button" className="btn primary" disabled={!canPublish} onClick={() => show("publish")}>
          {flow.live_version === null ? words.publish.open : words.publish.openChanges}
        </button>
      )}
      <Suspense>
        {open === "publish" && <PublishSheet {...props} check={found} close={() => show(null)} />}
        {open === "versions" && <Versions {...props} close={() => show(null)} />}
      </Suspense>
    </>
  );
}

/** The button of the problems as it will be, so that nothing moves when its list has come. */
function Count({ problems, hints }: { problems: number; hints: number }) {
  const said = words.problems;
  const { format } = useStore();
  return (
    <button type="button" className={problems || hints ? "btn" : "btn worded"} disabled>
      <CircleAlert size={14} aria-hidden />
      {problems ? said.count(problems, format.int(problems)) : hints ? said.hints(hints, format.int(hints)) : <span>{said.fine}</span>}
    </button>
  );
}
