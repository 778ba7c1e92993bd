// The aside of the builder: a form for what is chosen, with what is wrong at each field, and its figures.
import { useEffect, useMemo, useState } from "react";
import { find, type Step } from "../builder/document";
import { channelOf } from "../builder/telling";
import { strings } from "../strings";
import { painted } from "../ui/painted";
import { RowSkeletons } from "../ui/Skeleton";
import { FormContext } from "./fields";
import { FlowFigures } from "./Figures";
import { FlowForm } from "./FlowForm";
import { FlowIdContext } from "./flowId";
import { Head, Loose } from "./Head";
import "./inspector.css";
import type { InspectorProps } from "./props";
import { SentenceButton } from "./SentenceButton";
import { useProblems } from "./useProblems";
import { words } from "./words";

const TRIGGER = "trigger";

export function Inspector(props: InspectorProps) {
  const { flow, document, chosen, isReadOnly } = props;
  const problems = useProblems(flow.id, document, props.problems);
  const step = chosen && chosen !== TRIGGER ? find(document, chosen) : undefined;
  const about = step ? step.id : chosen === TRIGGER ? TRIGGER : "";
  const told = useMemo(
    () => ({ problems: problems.filter((one) => one.step === about), isReadOnly, trigger: document.trigger.event }),
    [problems, about, isReadOnly, document.trigger.event],
  );
  const forms = useForms();
  return (
    <aside className={about ? "insp" : "insp idle"} aria-label={strings.flow.details}>
      <FlowIdContext value={flow.id}>
        <FormContext value={told} key={about}>
          {about ? <HeadOf step={step} close={() => props.choose(null)} /> : <OfFlow {...props} />}
          {about && !forms && <RowSkeletons rows={4} />}
          {forms && step && <forms.OfStep {...props} step={step} />}
          {forms && about === TRIGGER && <forms.OfTrigger {...props} />}
        </FormContext>
      </FlowIdContext>
    </aside>
  );
}

/** Give the forms of steps once they are there: they come after the page, since nobody has chosen a step yet. */
function useForms() {
  const [forms, have] = useState<typeof import("./Forms") | null>(null);
  useEffect(() => {
    painted()
      .then(() => import("./Forms"))
      .then(have, (error: unknown) =>
        have(() => {
          throw error;
        }),
      );
  }, []);
  return forms;
}

function HeadOf({ step, close }: { step: Step | undefined; close: () => void }) {
  if (!step) return <Head kind="trigger" title={words.trigger.title} close={close} />;
  const title = (step.kind === "message" && step.name) || strings.flow.kinds[step.kind]!;
  return <Head kind={step.kind} by={channelOf(step)} title={title} close={close} />;
}

function OfFlow({ flow, document, isReadOnly, change, flush }: InspectorProps) {
  return (
    <>
      <Head kind="trigger" title={words.flow.title} />
      <p className="sub small">{isReadOnly ? strings.flow.readOnly : words.flow.chooseStep}</p>
      <FlowFigures flow={flow} />
      <h3>{words.settings}</h3>
      <Loose fields={["name", "exits", "filter"]} />
      <FlowForm document={document} isReadOnly={isReadOnly} change={change} />
      {!isReadOnly && <SentenceButton flow={flow} change={change} flush={flush} />}
    </>
  );
}
