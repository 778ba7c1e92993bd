// The forms of what is chosen on the canvas: the trigger, and every kind of step, with its figures.
import { Trash2 } from "lucide-react";
import { lazy, Suspense } from "react";
import type { Step } from "../builder/document";
import { noted, replace } from "../builder/edits";
import { words as own } from "../builder/words";
import { strings } from "../strings";
import { CallForm, NotifyForm, OtherFlowForm, UpdateForm } from "./ActForms";
import { LongField } from "./fields";
import { StepFigures } from "./Figures";
import { CouponForm, RewardForm } from "./GiftForms";
import { Loose } from "./Head";
import type { InspectorProps } from "./props";
import { MessageForm } from "./MessageForm";
import { OfStep as Expected } from "./Outlook";
import { AskForm, CollectForm } from "./QuestionForm";
import { DelayForm, WaitForm } from "./TimeForms";
import { TriggerForm } from "./TriggerForm";
import { Variants } from "./Variants";
import { ConditionForm, SplitForm, SwitchForm } from "./WayForms";
import { words } from "./words";

const OptInLinks = lazy(() => import("./OptInLinks"));

export function OfTrigger({ document, change }: InspectorProps) {
  return (
    <>
      <TriggerForm document={document} change={change} />
      {document.trigger.event === "message.received" && <Suspense><OptInLinks /></Suspense>}
      <Note id="trigger" document={document} change={change} />
    </>
  );
}

export function OfStep({ step, ...props }: InspectorProps & { step: Step }) {
  const { flow, remove, isReadOnly, figuresOf, drawnOf } = props;
  const figures = figuresOf(step.id);
  const drawn = drawnOf(step.id);
  return (
    <>
      <Loose fields={FIELDS[step.kind]} />
      <Form {...props} step={step} />
      <Note {...props} id={step.id} />
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

/** For the team alone: it stands on the card, too. */
function Note({ id, document, change }: Pick<InspectorProps, "document" | "change"> & { id: string }) {
  const keep = (text: string) => change(noted(document, id, text), own.notedDone);
  return <LongField name="note" label={own.note} hint={own.noteHint} value={document.notes?.[id] ?? ""} rows={2} maxLength={500} keep={keep} />;
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
      return <p className="sub field">{words.exit.text}</p>;
  }
}
