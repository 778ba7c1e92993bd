// The steps with several ways: yes or no, one of several values, and by chance.
import { Plus } from "lucide-react";
import { addBranch, freeKey, removeBranch, renameBranch, setWeight } from "../builder/branches";
import type { Case, ConditionStep, SplitStep, SwitchStep, Value, Variant } from "../builder/document";
import { wayKey, wayName } from "../builder/telling";
import { Picker } from "../conditions/Picker";
import { factOf, useVocabulary } from "../conditions/vocabulary";
import { useStore } from "../store";
import { ConditionField } from "./Condition";
import { FactSelect } from "./FactSelect";
import { Cross, Group, NumberField, TextField } from "./fields";
import type { FormProps } from "./form";
import { WinnerForm } from "./WinnerForm";
import { words } from "./words";

export function ConditionForm({ step, document, set }: FormProps<ConditionStep>) {
  return (
    <ConditionField
      name="condition"
      label={words.condition.title}
      facts={document.trigger.event}
      value={step.condition}
      keep={(condition) => set({ condition: condition ?? { op: "all", of: [] } })}
    />
  );
}

export function SwitchForm({ step, document, set, change }: FormProps<SwitchStep>) {
  const said = words.switch;
  const facts = document.trigger.event;
  const add = () => change(addBranch(document, step.id), words.changed(said.cases));
  return (
    <>
      <FactSelect name="field" label={said.field} facts={facts} value={step.field} keep={(field) => set({ field })} />
      <Group name="cases" label={said.cases} hint={said.otherwise}>
        <ul className="rows2">
          {step.cases.map((one) => (
            <li key={one.key} className="own">
              <TextField
                name={`key-${one.key}`}
                label={said.key}
                value={wayName(one.key)}
                maxLength={40}
                keep={(name) => name !== wayName(one.key) && change(renameBranch(document, step.id, one.key, wayKey(name)), words.changed(said.key))}
              />
              {step.cases.length > 1 && (
                <Cross label={words.drop(wayName(one.key))} act={() => change(removeBranch(document, step.id, one.key), words.changed(said.cases))} />
              )}
              <Values
                one={one}
                field={step.field}
                facts={facts}
                keep={(values) => set({ cases: step.cases.map((other) => (other.key === one.key ? { ...other, values } : other)) })}
              />
            </li>
          ))}
        </ul>
      </Group>
      <Add label={said.addCase} act={add} />
    </>
  );
}

function Values({ one, field, facts, keep }: { one: Case; field: string; facts: string; keep: (values: Value[]) => void }) {
  const { data } = useVocabulary(facts);
  const fact = data && factOf({ op: "eq", field }, data.fields);
  const isNumber = fact?.kind === "number" || fact?.kind === "money";
  const read = (text: string): Value => {
    if (fact?.kind === "truth") return text === "true";
    return isNumber && text.trim() && Number.isFinite(Number(text)) ? Number(text) : text;
  };
  const label = words.switch.values(wayName(one.key));
  return (
    <Group name={`values-${one.key}`} label={label}>
      <Picker of={fact?.suggest ?? ""} label={label} isMany values={one.values.map(String)} choose={(values) => keep(values.map(read))} />
    </Group>
  );
}

export function SplitForm({ step, document, change, set }: FormProps<SplitStep>) {
  const said = words.split;
  const total = step.variants.reduce((sum, { weight }) => sum + weight, 0);
  const add = () => change(addBranch(document, step.id, freeKey(step)), words.changed(said.shares));
  return (
    <>
      <Group name="variants" label={said.shares} hint={said.sticky}>
        <ul className="rows2">
          {step.variants.map((variant) => (
            <li key={variant.key}>
              <Share
                variant={variant}
                share={total ? variant.weight / total : 0}
                keep={(weight) => change(setWeight(document, step.id, variant.key, weight), words.changed(said.shares))}
              />
              {step.variants.length > 2 && (
                <Cross label={words.drop(variant.key)} act={() => change(removeBranch(document, step.id, variant.key), words.changed(said.shares))} />
              )}
            </li>
          ))}
        </ul>
      </Group>
      <Add label={said.addVariant} act={add} />
      <WinnerForm step={step} set={set} />
    </>
  );
}

function Share({ variant, share, keep }: { variant: Variant; share: number; keep: (weight: number) => void }) {
  const { format } = useStore();
  const label = words.split.weight(variant.key.toUpperCase());
  return (
    <NumberField name={`weight-${variant.key}`} label={label} hint={words.split.share(format.share(share))} value={variant.weight} keep={(weight) => keep(Math.max(0, weight ?? 0))} />
  );
}

export function Add({ label, act }: { label: string; act: () => void }) {
  return (
    <button type="button" className="btn" onClick={act}>
      <Plus size={14} aria-hidden />
      {label}
    </button>
  );
}
