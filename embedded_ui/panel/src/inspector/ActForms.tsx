// The steps that do something else than write: to the customer's record, the team, programs, other flows.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api";
import type { CallStep, NotifyStep, OtherFlowStep, UpdateStep, Value } from "../builder/document";
import { Picker } from "../conditions/Picker";
import { useFlowId } from "./flowId";
import { Check, Cross, Group, LongField, Select, TextField } from "./fields";
import type { FormProps } from "./form";
import { strings } from "../strings";
import type { FlowList } from "../types";
import { Add } from "./WayForms";
import { words } from "./words";

export function UpdateForm({ step, set }: FormProps<UpdateStep>) {
  const said = words.update;
  return (
    <>
      <Tags name="add_tags" label={said.addTags} value={step.add_tags ?? []} keep={(add_tags) => set({ add_tags })} />
      <Tags name="remove_tags" label={said.removeTags} value={step.remove_tags ?? []} keep={(remove_tags) => set({ remove_tags })} />
      <Properties value={step.properties ?? {}} keep={(properties) => set({ properties })} />
      <Unsubscribe value={step.unsubscribe ?? []} keep={(unsubscribe) => set({ unsubscribe })} />
    </>
  );
}

function Tags({ name, label, value, keep }: { name: string; label: string; value: string[]; keep: (tags: string[]) => void }) {
  return (
    <Group name={name} label={label}>
      <Picker of="tags" label={label} isMany values={value} choose={keep} />
    </Group>
  );
}

const LEAVABLE = ["email", "sms", "whatsapp"];

/** A flow takes consent back and never gives it: a yes is the customer's own. */
function Unsubscribe({ value, keep }: { value: string[]; keep: (channels: string[]) => void }) {
  const said = words.update;
  const put = (channel: string, isOn: boolean) => keep(LEAVABLE.filter((one) => (one === channel ? isOn : value.includes(one))));
  return (
    <Group name="unsubscribe" label={said.unsubscribe} hint={said.unsubscribeHint}>
      {LEAVABLE.map((channel) => (
        <Check key={channel} name={`unsubscribe-${channel}`} label={strings.channels[channel] ?? channel} value={value.includes(channel)} keep={(isOn) => put(channel, isOn)} />
      ))}
    </Group>
  );
}

type Properties = Record<string, Value>;

function Properties({ value, keep }: { value: Properties; keep: (properties: Properties) => void }) {
  const said = words.update;
  const [isAdding, adding] = useState(false);
  const without = (name: string) => Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
  const rename = (name: string, next: string) =>
    nameOf(next) && keep(Object.fromEntries(Object.entries(value).map(([one, told]) => [one === name ? nameOf(next) : one, told])));
  return (
    <Group name="properties" label={said.properties} hint={said.propertyHint}>
      <ul className="rows2">
        {Object.entries(value).map(([name, told]) => (
          <li key={name} className="own">
            <TextField name={`property-${name}`} label={said.property} value={name} maxLength={40} keep={(next) => rename(name, next)} />
            <Cross label={words.drop(name)} act={() => keep(without(name))} />
            <TextField name={`properties.${name}`} label={said.value} value={told === null ? "" : String(told)} keep={(text) => keep({ ...value, [name]: valueOf(text) })} />
          </li>
        ))}
        {isAdding && (
          <li className="own">
            <TextField
              name="property-new"
              label={said.property}
              value=""
              maxLength={40}
              keep={(name) => {
                adding(false);
                if (nameOf(name)) keep({ ...value, [nameOf(name)]: null });
              }}
            />
          </li>
        )}
      </ul>
      {!isAdding && <Add label={said.addProperty} act={() => adding(true)} />}
    </Group>
  );
}

const nameOf = (text: string) => text.trim().toLowerCase().replace(/[^a-z0-9_]+/g, "_").replace(/^[^a-z]+/, "");

function valueOf(text: string): Value {
  if (text === "") return null;
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

export function NotifyForm({ step, set }: FormProps<NotifyStep>) {
  const said = words.notify;
  return (
    <>
      <TextField name="subject" label={said.subject} hint={said.hint} value={step.subject} keep={(subject) => set({ subject })} />
      <LongField name="text" label={said.text} value={step.text} keep={(text) => set({ text })} />
    </>
  );
}

export function CallForm({ step, set }: FormProps<CallStep>) {
  const said = words.call;
  return (
    <TextField name="url" label={said.url} hint={said.hint} type="url" placeholder="https://" maxLength={2000} value={step.url} keep={(url) => set({ url })} />
  );
}

export function OtherFlowForm({ step, set }: FormProps<OtherFlowStep>) {
  const own = useFlowId();
  const { data } = useQuery({ queryKey: ["flows", 30], queryFn: () => api<FlowList>("/flows?days=30"), staleTime: 60_000 });
  const others = (data?.flows ?? []).filter(({ id }) => id !== own).map(({ id, name }) => [id, name] as const);
  const isKnown = others.some(([id]) => id === step.flow);
  const label = step.kind === "start_flow" ? words.other.start : words.other.stop;
  const first = isKnown ? [] : [[step.flow, words.choose] as const];
  return <Select name="flow" label={label} value={step.flow} options={[...first, ...others]} keep={(flow) => set({ flow })} />;
}
