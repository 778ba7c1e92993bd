// The steps that ask a customer something: the question, its answers, and how long they are waited for.
import { ChevronUp } from "lucide-react";
import { addBranch, moveBranch, removeBranch } from "../builder/branches";
import type { Answer, AskStep, CollectStep } from "../builder/document";
import { Picker } from "../conditions/Picker";
import { ChatField } from "./ChatField";
import { Check, Choice, Cross, DurationField, Group, TextField } from "./fields";
import type { FormProps } from "./form";
import { Channels, channelsOf, KindChoice } from "./MessageForm";
import { SmsField } from "./SmsField";
import { Add } from "./WayForms";
import { words } from "./words";

const said = words.question;
type ReadOnly = { isReadOnly: boolean };

export function AskForm({ step, document, set, change, isReadOnly }: FormProps<AskStep> & ReadOnly) {
  const labels = (step.answers ?? []).map((one) => one.label);
  return (
    <>
      <Question step={step} set={set} answers={labels} />
      <Answers step={step} document={document} set={set} change={change} />
      <TextField name="saves" label={said.saves} hint={said.savesHint} value={step.saves ?? ""} maxLength={40} keep={(saves) => set({ saves: saves || null })} />
      <Rest step={step} set={set} isReadOnly={isReadOnly} />
    </>
  );
}

export function CollectForm({ step, set, isReadOnly }: FormProps<CollectStep> & ReadOnly) {
  const contacts = [["email", said.email], ["phone", said.phone]] as const;
  return (
    <>
      <Choice
        name="contact"
        label={said.contact}
        value={step.contact ?? "email"}
        options={contacts}
        keep={(contact) => set({ contact: contact as CollectStep["contact"] })}
      />
      <Question step={step} set={set} answers={[]} />
      <Check name="subscribes" label={said.subscribes} hint={said.subscribesHint} value={step.subscribes ?? true} keep={(subscribes) => set({ subscribes })} />
      <Rest step={step} set={set} isReadOnly={isReadOnly} />
    </>
  );
}

type Asking = AskStep | CollectStep;
type Shared = Partial<Pick<Asking, "template" | "timeout" | "name" | "channel" | "channels" | "message_kind">>;
type PartProps = { step: Asking; set: (part: Shared) => void };

function Question({ step, set, answers }: PartProps & { answers: string[] }) {
  const channels = channelsOf(step);
  return (
    <>
      {channels.some((one) => one !== "sms") && (
        <ChatField template={step.template} channels={channels} answers={answers} keep={(template) => set({ template })} />
      )}
      {channels.includes("sms") && <SmsField step={step} set={set} />}
    </>
  );
}

function Rest({ step, set, isReadOnly }: PartProps & ReadOnly) {
  return (
    <>
      <DurationField name="timeout" label={said.timeout} hint={said.timeoutHint} value={step.timeout ?? "P1D"} keep={(timeout) => set({ timeout })} />
      <TextField name="name" label={words.message.name} value={step.name ?? ""} keep={(name) => set({ name })} />
      <Channels step={step} set={set} isReadOnly={isReadOnly} isAnswered />
      <KindChoice step={step} set={set} />
    </>
  );
}

function Answers({ step, document, set, change }: FormProps<AskStep>) {
  const answers = step.answers ?? [];
  const put = (key: string, part: Partial<Answer>) => set({ answers: answers.map((one) => (one.key === key ? { ...one, ...part } : one)) });
  const edit = (made: typeof document) => change(made, words.changed(said.answers));
  return (
    <>
      <Group name="answers" label={said.answers} hint={said.answersHint}>
        <ul className="rows2">
          {answers.map((one, at) => (
            <li key={one.key} className="own">
              <TextField name={`answers.${at}.label`} label={said.label(at + 1)} value={one.label} maxLength={40} keep={(label) => put(one.key, { label })} />
              <Cross label={words.drop(one.label || said.label(at + 1))} act={() => edit(removeBranch(document, step.id, one.key))} />
              <Group name={`answers.${at}.keywords`} label={said.keywords} hint={at === 0 ? said.keywordsHint : undefined}>
                <Picker of="" label={said.keywords} isMany values={one.keywords ?? []} choose={(keywords) => put(one.key, { keywords })} />
              </Group>
              {at > 0 && (
                <button type="button" className="btn plain small" onClick={() => edit(moveBranch(document, step.id, one.key, -1))}>
                  <ChevronUp size={14} aria-hidden />
                  {said.earlier(one.label || said.label(at + 1))}
                </button>
              )}
            </li>
          ))}
        </ul>
      </Group>
      <Add label={said.addAnswer} act={() => edit(addBranch(document, step.id))} />
    </>
  );
}
