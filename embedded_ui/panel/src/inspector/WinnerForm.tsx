// Whether a split picks its winner by itself: by what, after how long, from how many people.
import type { Picking, SplitStep } from "../builder/document";
import { DurationField, NumberField, Select } from "./fields";
import type { FormProps } from "./form";
import { words } from "./words";

const said = words.split.winner;
const USUAL = { after: "P7D", least: 1000 };

export function WinnerForm({ step, set }: Pick<FormProps<SplitStep>, "step" | "set">) {
  const { winner } = step;
  const by = Object.entries(said.by);
  const choose = (one: string) => set({ winner: one ? { ...USUAL, ...winner, by: one as Picking["by"] } : undefined });
  return (
    <>
      <Select name="winner.by" label={said.label} hint={said.hint} value={winner?.by ?? ""} options={[["", said.hand] as const, ...by]} keep={choose} />
      {winner && (
        <>
          <DurationField name="winner.after" label={said.after} hint={said.afterHint} value={winner.after ?? USUAL.after} keep={(after) => set({ winner: { ...winner, after } })} />
          <NumberField name="winner.least" label={said.least} hint={said.leastHint} value={winner.least ?? USUAL.least} keep={(least) => set({ winner: { ...winner, least: least ?? USUAL.least } })} />
        </>
      )}
    </>
  );
}
