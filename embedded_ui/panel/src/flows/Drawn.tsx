// The steps that a sentence was read as, one below the other.
import { useContext } from "react";
import { type FlowDocument, branchesOf, type Step } from "../builder/document";
import { Facts, FactsContext } from "../builder/Facts";
import { branchLabel, channelOf, lineOf, titleOf, triggerLine, triggerTitle } from "../builder/telling";
import { StepIcon } from "../flow/StepIcon";
import { useStore } from "../store";

export default function Drawn({ document }: { document: FlowDocument }) {
  return (
    <Facts document={document}>
      <List document={document} />
    </Facts>
  );
}

function List({ document }: { document: FlowDocument }) {
  const { format } = useStore();
  return (
    <ol className="told-steps" aria-label={document.name}>
      <li>
        <StepIcon kind="trigger" />
        <span>
          <b>{triggerTitle(document.trigger)}</b> <span className="sub">{triggerLine(document.trigger, format)}</span>
        </span>
      </li>
      <Steps steps={document.steps} document={document} />
    </ol>
  );
}

const NOBODY: ReadonlyMap<string, string> = new Map();

function Steps({ steps, document }: { steps: Step[]; document: FlowDocument }) {
  const { format } = useStore();
  const names = { flows: NOBODY, facts: useContext(FactsContext) };
  return steps.map((step) => (
    <li key={step.id}>
      <StepIcon kind={step.kind} by={channelOf(step)} />
      <span>
        <b>{titleOf(step)}</b> <span className="sub">{lineOf(step, document.trigger, format, names)}</span>
      </span>
      {branchesOf(step)
        .filter((branch) => branch.steps.length)
        .map((branch) => (
          <div key={branch.key} className="told-branch">
            <span className="badge">{branchLabel(step, branch, format)}</span>
            <ol className="told-steps">
              <Steps steps={branch.steps} document={document} />
            </ol>
          </div>
        ))}
    </li>
  ));
}
