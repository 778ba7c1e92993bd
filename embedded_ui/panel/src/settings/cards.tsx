// The cards of the settings form, each a few fields; how often and when is in `Pacing.tsx`.
import { Switch } from "@base-ui/react/switch";
import { type ReactNode, useId, useState } from "react";
import { fromMinor, toMinor } from "../format";
import { useStore } from "../store";
import { words } from "./form-words";
import type { Settings } from "../types";
import { useStill } from "../ui/LookOnly";

export type PartProps = {
  form: Settings;
  change: (part: Partial<Settings>) => void;
  /** What the server found wrong, by field. */
  wrong: Record<string, string>;
};

export function Card({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <div className="chead">
        <h2 id={id}>{title}</h2>
      </div>
      {children}
    </section>
  );
}

type FieldProps = {
  label: string;
  hint?: string;
  wrong?: string;
  children: (ids: { id: string; "aria-describedby": string; "aria-invalid": boolean }) => ReactNode;
};

export function Field({ label, hint, wrong, children }: FieldProps) {
  const id = useId();
  const told = `${id}-told`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": told, "aria-invalid": Boolean(wrong) })}
      <span id={told}>
        {hint && <span className="hint">{hint}</span>}
        {wrong && <span className="hint wrong">{wrong}</span>}
      </span>
    </div>
  );
}

type NumberProps = {
  label: string;
  hint?: string;
  wrong?: string;
  value: number | null;
  change: (value: number | null) => void;
  step?: string;
};

/** A whole or decimal number; empty is null. Keeps what is typed until it is one. */
export function NumberField({ label, hint, wrong, value, change, step = "1" }: NumberProps) {
  const [text, setText] = useState(value === null ? "" : String(value));
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      {(ids) => (
        <input
          {...ids}
          className="input short"
          type="number"
          inputMode="decimal"
          min="0"
          step={step}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            change(event.target.value === "" ? null : Number(event.target.value));
          }}
        />
      )}
    </Field>
  );
}

type ToggleProps = {
  label: string;
  /** Of several alike, what this one is about: said to whoever does not see where it stands. */
  about?: string;
  isOn: boolean;
  set: (isOn: boolean) => void;
};

export function Toggle({ label, about, isOn, set }: ToggleProps) {
  const id = useId();
  return (
    <div className="toggle">
      <Switch.Root className="switch" disabled={useStill()} checked={isOn} onCheckedChange={set} aria-label={about && `${label}: ${about}`} aria-labelledby={about ? undefined : id}>
        <Switch.Thumb />
      </Switch.Root>
      <span id={id} style={{ fontWeight: 500 }}>
        {label}
      </span>
    </div>
  );
}

export function Attribution({ form, change, wrong }: PartProps) {
  return (
    <Card title={words.attributionTitle}>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.attributionText}
      </p>
      <div className="pair">
        <NumberField
          label={words.clickDays}
          value={form.click_days}
          wrong={wrong.click_days}
          change={(days) => change({ click_days: days ?? 0 })}
        />
        <NumberField
          label={words.openDays}
          value={form.open_days}
          wrong={wrong.open_days}
          change={(days) => change({ open_days: days ?? 0 })}
        />
      </div>
      <Toggle label={words.marks} isOn={form.utm} set={(utm) => change({ utm })} />
      <p className="hint">{words.marksHint}</p>
    </Card>
  );
}

export function Sender({ form, change, wrong }: PartProps) {
  const { store } = useStore();
  return (
    <Card title={words.senderTitle}>
      <Field label={words.senderName} hint={words.senderNameHint(store.name)} wrong={wrong.sender_name}>
        {(ids) => (
          <input
            {...ids}
            className="input"
            maxLength={80}
            value={form.sender_name ?? ""}
            onChange={(event) => change({ sender_name: event.target.value || null })}
          />
        )}
      </Field>
      <Field label={words.senderAddress} hint={words.senderAddressHint} wrong={wrong.sender_address}>
        {(ids) => (
          <input
            {...ids}
            className="input"
            type="email"
            value={form.sender_address ?? ""}
            onChange={(event) => change({ sender_address: event.target.value || null })}
          />
        )}
      </Field>
    </Card>
  );
}

export function Facts({ form, change, wrong }: PartProps) {
  const { store } = useStore();
  const threshold = form.free_shipping_threshold;
  return (
    <Card title={words.factsTitle}>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.factsHint}
      </p>
      <div className="pair">
        <NumberField
          label={words.freeShipping(store.currency)}
          hint={words.blank}
          step="any"
          value={threshold === null ? null : fromMinor(threshold, store.currency)}
          wrong={wrong.free_shipping_threshold}
          change={(amount) =>
            change({ free_shipping_threshold: amount === null ? null : toMinor(amount, store.currency) })
          }
        />
        <NumberField
          label={words.returnDays}
          hint={words.blank}
          value={form.return_days}
          wrong={wrong.return_days}
          change={(days) => change({ return_days: days })}
        />
        <NumberField
          label={words.transitDays}
          hint={words.transitDaysHint}
          value={form.transit_days}
          wrong={wrong.transit_days}
          change={(days) => change({ transit_days: days })}
        />
        <NumberField
          label={words.priceDrop}
          hint={words.priceDropHint}
          value={form.price_drop_percent}
          wrong={wrong.price_drop_percent}
          change={(percent) => change({ price_drop_percent: percent })}
        />
      </div>
    </Card>
  );
}

export function Codes({ form, change, wrong }: PartProps) {
  const { store } = useStore();
  const cost = form.code_budget_cost;
  return (
    <Card title={words.codesTitle}>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.codesHint}
      </p>
      <div className="pair">
        <NumberField
          label={words.codeCount}
          hint={words.noLimit}
          value={form.code_budget_count}
          wrong={wrong.code_budget_count}
          change={(count) => change({ code_budget_count: count })}
        />
        <NumberField
          label={words.codeCost(store.currency)}
          hint={words.noLimit}
          step="any"
          value={cost === null ? null : fromMinor(cost, store.currency)}
          wrong={wrong.code_budget_cost}
          change={(amount) =>
            change({ code_budget_cost: amount === null ? null : toMinor(amount, store.currency) })
          }
        />
      </div>
    </Card>
  );
}
