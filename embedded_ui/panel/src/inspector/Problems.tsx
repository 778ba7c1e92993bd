// What keeps a flow from going live, and what is worth knowing: each line leads to its step and field.
import { Popover } from "@base-ui/react/popover";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { FlowDocument } from "../builder/document";
import { useStore } from "../store";
import type { DocumentProblem } from "../types";
import { sentenceOf } from "../ui/sentence";
import { placeOf } from "./placeOf";
import { words } from "./words";

const said = words.problems;
type Go = (stepId: string | null, field?: string) => void;
type Props = { document: FlowDocument; problems: DocumentProblem[]; warnings: DocumentProblem[]; isChecking: boolean; go: Go };

export function Problems({ document, problems, warnings, isChecking, go }: Props) {
  const { format } = useStore();
  const [isOpen, open] = useState(false);
  const lead: Go = (step, field) => {
    open(false);
    go(step, field);
  };
  const count = problems.length;
  const hints = warnings.length;
  return (
    <Popover.Root open={isOpen} onOpenChange={open}>
      <Popover.Trigger className={count || hints ? "btn found" : "btn found worded"} title={count || hints ? undefined : said.fine} aria-busy={isChecking}>
        {count ? <CircleAlert size={14} aria-hidden color="var(--bad)" />
        : hints ? <TriangleAlert size={14} aria-hidden color="var(--warn)" />
        : <CircleCheck size={14} aria-hidden color="var(--ok)" />}
        {count ? said.count(count, format.int(count)) : hints ? said.hints(hints, format.int(hints)) : <span>{said.fine}</span>}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={8} align="end" style={{ zIndex: 30 }}>
          <Popover.Popup className="pop problems">
            <Popover.Title render={<h2 />}>{count ? said.title : said.none}</Popover.Title>
            <Lines document={document} problems={problems} kind="err" go={lead} />
            {warnings.length > 0 && <h3>{said.warnings}</h3>}
            <Lines document={document} problems={warnings} kind="hint" go={lead} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

type LinesProps = { document: FlowDocument; problems: DocumentProblem[]; kind: "err" | "hint"; go: Go };

export function Lines({ document, problems, kind, go }: LinesProps) {
  if (!problems.length) return null;
  const Icon = kind === "err" ? CircleAlert : TriangleAlert;
  return (
    <ul className="plist">
      {problems.map((one) => (
        <li key={`${one.step} ${one.field} ${one.message}`} className={kind}>
          <button type="button" onClick={() => go(one.step || null, one.field)}>
            <Icon size={16} aria-hidden />
            <b>{placeOf(document, one.step)}</b>
            <span>{sentenceOf(one)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
