// The aside of the builder: a form for what is chosen, with what is wrong at each field, and its figures.
import { CircleAlert, Trash2, X } from "lucide-react";
import { lazy, Suspense, useMemo } from "react";
import { replace } from "../builder/edits";
import { find, type FlowDocument, type Step } from "../builder/document";
import { channelOf } from "../builder/telling";
import { StepIcon } from "../flow/StepIcon";
import { strings } from "../strings";
import type { DocumentProblem, Figures, Flow, Step as Drawn } from "../types";
import { CallForm, NotifyForm, OtherFlowForm, UpdateForm } from "./ActForms";
import { FormContext, sentenceOf } from "./fields";
import { FlowFigures, StepFigures } from "./Figures";
import { FlowForm } from "./FlowForm";
import { FlowIdContext } from "./flowId";
import { CouponForm, RewardForm } from "./GiftForms";
import "./inspector.css";
import { OfStep as Expected } from "./Outlook";
import { MessageForm } from "./MessageForm";
import { DelayForm, WaitForm } from "./TimeForms";
import { AskForm, CollectForm } from "./QuestionForm";
import { TriggerForm } from "./TriggerForm";
import { useProblems } from "./useProblems";
import { Variants } from "./Variants";
import { ConditionForm, SplitForm, SwitchForm } from "./WayForms";
import { words } from "./words";

export type InspectorProps = {
  flow: Flow;
  document: FlowDocument;
  chosen: string | null;
  problems: DocumentProblem[];
  isReadOnly: boolean;
  change: (document: FlowDocument, said: string) => void;
  choose: (id: string | null) => void;
  figuresOf: (stepId: string) => Figures | undefined;
  drawnOf: (stepId: string) => Drawn | undefined;
  openMessage: (stepId: string) => void;
  remove: (stepId: string) => void;
};
const TRIGGER = "trigger";
const OptInLinks = lazy(() => import("./OptInLinks"));

export function Inspector(props: InspectorProps) {
  const { flow, document, chosen, isReadOnly } = props;
  const problems = useProblems(flow.id, document, props.problems);
  const step = chosen && chosen !== TRIGGER ? find(document, chosen) : undefined;
  const about = step ? step.id : chosen === TRIGGER ? TRIGGER : "";
  const told = useMemo(
    () => ({ problems: problems.filter((one) => one.step === about), isReadOnly }),
    [problems, about, isReadOnly],
  );
  return (
    <aside className={about ? "insp" : "insp idle"} aria-label={strings.flow.details}>
      <FlowIdContext value={flow.id}>
        <FormContext value={told} key={about}>
          {step ? <OfStep {...props} step={step} /> : about ? <OfTrigger {...props} /> : <OfFlow {...props} />}
        </FormContext>
      </FlowIdContext>
    </aside>
  );
}

type HeadProps = { kind: Step["kind"] | "trigger"; by?: string | undefined; title: string; close?: () => void };

function Head({ kind, by, title, close }: HeadProps) {
  return (
    <div className="ih">
      <StepIcon kind={kind} by={by} />
      <h2>{title}</h2>
      {close && (
        <button type="button" className="btn plain icon" aria-label={strings.flow.close} onClick={close}>
          <X size={16} aria-hidden />
        </button>
      )}
    </div>
  );
}

function OfFlow({ flow, document, isReadOnly, change }: InspectorProps) {
  return (
    <>
      <Head kind="trigger" title={words.flow.title} />
      <p className="sub small">{words.flow.chooseStep}</p>
      <FlowFigures flow={flow} />
      <h3>{words.settings}</h3>
      <Loose fields={["name", "exits", "filter"]} />
      <FlowForm document={document} isReadOnly={isReadOnly} change={change} />
    </>
  );
}

function OfTrigger({ document, change, choose }: InspectorProps) {
  return (
    <>
      <Head kind="trigger" title={words.trigger.title} close={() => choose(null)} />
      <TriggerForm document={document} change={change} />
      {document.trigger.event === "message.received" && <Suspense><OptInLinks /></Suspense>}
    </>
  );
}

function OfStep({ step, ...props }: InspectorProps & { step: Step }) {
  const { flow, choose, remove, isReadOnly, figuresOf, drawnOf } = props;
  const figures = figuresOf(step.id);
  const drawn = drawnOf(step.id);
  const title = (step.kind === "message" && step.name) || strings.flow.kinds[step.kind]!;
  return (
    <>
      <Head kind={step.kind} by={channelOf(step)} title={title} close={() => choose(null)} />
      <Loose fields={FIELDS[step.kind]} />
      <Form {...props} step={step} />
      {figures && flow.live_version !== null && (
        <>
          <h3>{words.figures}</h3>
          <StepFigures figures={figures} isMessage={step.kind === "message"} />
        </>
      )}
      {GIVING.has(step.kind) && <Expected flowId={flow.id} document={props.document} stepId={step.id} />}
      {drawn?.kind === "split" && flow.live_version !== null && <Variants flow={flow} step={drawn} />}
      {!isReadOnly && (
        <button type="button" className="btn bad" onClick={() => remove(step.id)}>
          <Trash2 size={14} aria-hidden />
          {words.remove}
        </button>
      )}
    </>
  );
}

const GIVING = new Set<Step["kind"]>(["message", "ask", "collect", "coupon", "reward"]);
const FIELDS: Record<Step["kind"], string[]> = {
  delay: ["duration", "until", "weekdays", "until_field"],
  wait_for_event: ["event", "timeout", "filter"],
  condition: ["condition"],
  switch: ["field", "cases"],
  split: ["variants", "winner.by", "winner.after", "winner.least"],
  message: ["name", "channel", "message_kind", "deadline", "coupon", "reward", "template.chat", "template.sms"],
  ask: ["name", "channel", "message_kind", "template", "answers", "saves", "timeout"],
  collect: ["name", "channel", "message_kind", "template", "contact", "subscribes", "timeout"],
  coupon: ["off", "percent", "amount", "valid_for", "minimum", "prefix", "once_per"],
  reward: ["amount", "every", "orders", "expires_after", "prefix"],
  update_customer: ["add_tags", "remove_tags", "properties", "unsubscribe"],
  notify_staff: ["subject", "text"],
  hand_over: ["subject", "text"],
  call_webhook: ["url"],
  start_flow: ["flow"],
  stop_flow: ["flow"],
  exit: [],
};
/** The fields that a form shows; what is wrong elsewhere is said above it. */

function Loose({ fields }: { fields: string[] }) {
  return (
    <FormContext.Consumer>
      {({ problems }) => {
        const loose = problems.filter(({ field }) => !fields.some((one) => field === one || field.startsWith(`${one}.`)));
        return (
          loose.length > 0 && (
            <div className="banner warn" role="group" aria-label={words.toFix}>
              <CircleAlert size={16} aria-hidden />
              <ul>
                {loose.map((one) => (
                  <li key={one.field + one.message}>{sentenceOf(one)}</li>
                ))}
              </ul>
            </div>
          )
        );
      }}
    </FormContext.Consumer>
  );
}

function Form({ step, document, change, isReadOnly, openMessage }: InspectorProps & { step: Step }) {
  const said = words.changed(strings.flow.kinds[step.kind]!);
  const set = (part: object) => change(replace(document, step.id, (one) => ({ ...one, ...part }) as Step), said);
  const rest = { document, set, change };
  switch (step.kind) {
    case "delay":
      return <DelayForm {...rest} step={step} />;
    case "wait_for_event":
      return <WaitForm {...rest} step={step} />;
    case "condition":
      return <ConditionForm {...rest} step={step} />;
    case "switch":
      return <SwitchForm {...rest} step={step} />;
    case "split":
      return <SplitForm {...rest} step={step} />;
    case "message":
      return <MessageForm {...rest} step={step} isReadOnly={isReadOnly} openMessage={openMessage} />;
    case "ask":
      return <AskForm {...rest} step={step} isReadOnly={isReadOnly} />;
    case "collect":
      return <CollectForm {...rest} step={step} isReadOnly={isReadOnly} />;
    case "coupon":
      return <CouponForm {...rest} step={step} />;
    case "reward":
      return <RewardForm {...rest} step={step} />;
    case "update_customer":
      return <UpdateForm {...rest} step={step} />;
    case "notify_staff":
    case "hand_over":
      return <NotifyForm {...rest} step={step} />;
    case "call_webhook":
      return <CallForm {...rest} step={step} />;
    case "start_flow":
    case "stop_flow":
      return <OtherFlowForm {...rest} step={step} />;
    case "exit":
      return <p className="sub">{words.exit.text}</p>;
  }
}
