// The steps that wait: for a while, until a time or a date, or for something to happen.
import type { DelayStep, WaitStep } from "../builder/document";
import { ConditionField } from "./Condition";
import { heard } from "./events";
import { FactSelect } from "./FactSelect";
import { DurationField, MaybeDuration, Select, TimeField, Weekdays } from "./fields";
import type { FormProps } from "./form";
import { words } from "./words";

const said = words.delay;
type Kind = "for" | "trigger" | "clock" | "date";

function kindOf(step: DelayStep): Kind {
  if (typeof step.until_field === "string") return "date";
  if (step.until || step.weekdays?.length) return "clock";
  return step.since === "trigger" ? "trigger" : "for";
}

const BLANK = { since: undefined, until: undefined, weekdays: undefined, until_field: undefined };
const BEGUN: Record<Kind, (step: DelayStep) => Partial<DelayStep>> = {
  for: ({ duration }) => ({ ...BLANK, duration: duration || "P1D" }),
  trigger: ({ duration }) => ({ ...BLANK, duration: duration || "P1D", since: "trigger" }),
  clock: ({ duration, since }) => ({ ...BLANK, duration, since, until: "10:00" }),
  date: ({ duration }) => ({ ...BLANK, duration, until_field: "order.placed_at" }),
};

export function DelayForm({ step, document, set }: FormProps<DelayStep>) {
  const kind = kindOf(step);
  const isCart = document.trigger.event.startsWith("cart.");
  const options = (["for", "trigger", "clock", "date"] as const).map((one) => [one, said[one]] as const);
  const setTo = (duration: string | null) => set({ duration: duration ?? undefined });
  return (
    <>
      <Select name="kind" label={said.kind} value={kind} options={options} keep={(next) => set(BEGUN[next as Kind](step))} />
      {kind === "for" && <DurationField name="duration" label={said.duration} value={step.duration ?? ""} keep={setTo} />}
      {kind === "trigger" && (
        <DurationField name="duration" label={isCart ? said.afterCart : said.afterTrigger} value={step.duration ?? ""} keep={setTo} />
      )}
      {kind === "date" && (
        <FactSelect name="until_field" label={said.field} facts={document.trigger.event} kinds={["moment", "date"]} value={step.until_field ?? ""} keep={(until_field) => set({ until_field })} />
      )}
      {(kind === "clock" || kind === "date") && <Clock step={step} isDate={kind === "date"} set={set} />}
    </>
  );
}

function Clock({ step, isDate, set }: { step: DelayStep; isDate: boolean; set: (part: Partial<DelayStep>) => void }) {
  const isSet = step.duration && step.duration !== "PT0S";
  return (
    <>
      <MaybeDuration
        name="duration"
        label={isDate ? said.afterDate : said.daysFirst}
        usual="P1D"
        value={isSet ? step.duration! : null}
        keep={(duration) => set({ duration: duration ?? undefined })}
      />
      <TimeField name="until" label={said.until} hint={said.untilHint} value={step.until ?? null} keep={(until) => set({ until })} />
      <Weekdays name="weekdays" label={said.weekdays} hint={said.weekdaysHint} value={step.weekdays ?? []} keep={(weekdays) => set({ weekdays })} />
    </>
  );
}

export function WaitForm({ step, document, set }: FormProps<WaitStep>) {
  const { event, timeout } = step;
  return (
    <>
      <Select name="event" label={words.wait.event} value={event} options={heard()} keep={(next) => set({ event: next })} />
      <DurationField name="timeout" label={words.wait.timeout} hint={words.wait.hint} value={timeout} keep={(next) => set({ timeout: next })} />
      <ConditionField name="filter" label={words.wait.filter} facts={document.trigger.event} value={step.filter ?? null} keep={(filter) => set({ filter })} />
    </>
  );
}
