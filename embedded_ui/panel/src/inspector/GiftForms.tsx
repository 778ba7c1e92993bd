// The steps that give something: a discount code with its rules, and store credit.
import type { CouponStep, RewardStep } from "../builder/document";
import { useStore } from "../store";
import { Check, Choice, DurationField, Group, MaybeDuration, MoneyField, NumberField, TextField } from "./fields";
import type { FormProps } from "./form";
import { words } from "./words";

type Off = NonNullable<CouponStep["off"]>;
const CLEARED = { percent: undefined, amount: undefined };
const BEGUN: Record<Off, Partial<CouponStep>> = {
  percent: { ...CLEARED, off: undefined, percent: 10 },
  amount: { ...CLEARED, off: "amount", amount: 500 },
  free_shipping: { ...CLEARED, off: "free_shipping" },
};
const ONCE_PER = "P30D"; // what a code that says nothing has
const big = (text: string) => text.toUpperCase();

export function CouponForm({ step, set }: FormProps<CouponStep>) {
  const said = words.coupon;
  const off = step.off ?? "percent";
  const options = [["percent", said.percent], ["amount", said.amount], ["free_shipping", said.freeShipping]] as const;
  return (
    <>
      <Choice name="off" label={said.off} value={off} options={options} keep={(next) => set(BEGUN[next as Off])} />
      {off === "percent" && <NumberField name="percent" label={said.percentOff} value={step.percent ?? null} keep={(percent) => set({ percent })} />}
      {off === "amount" && <MoneyField name="amount" label={said.amountOff} value={step.amount ?? null} keep={(amount) => set({ amount })} />}
      <DurationField name="valid_for" label={said.validFor} hint={said.validHint} value={step.valid_for} keep={(valid_for) => set({ valid_for })} />
      <MoneyField name="minimum" label={said.minimum} hint={said.minimumHint} value={step.minimum ?? null} keep={(minimum) => set({ minimum })} />
      <TextField name="prefix" label={said.prefix} hint={said.prefixHint} value={step.prefix ?? "BACK"} maxLength={12} keep={(prefix) => set({ prefix: big(prefix) })} />
      <MaybeDuration
        name="once_per"
        label={said.oncePer}
        hint={said.oncePerHint}
        usual={ONCE_PER}
        value={step.once_per === undefined ? ONCE_PER : step.once_per}
        keep={(once_per) => set({ once_per })}
      />
      <Guards step={step} set={set} />
    </>
  );
}

function Guards({ step, set }: { step: CouponStep; set: (part: Partial<CouponStep>) => void }) {
  const said = words.coupon;
  return (
    <Group name="guards" label={said.guards}>
      <Check name="skip_if_cart_has_code" label={said.skip} value={step.skip_if_cart_has_code ?? true} keep={(on) => set({ skip_if_cart_has_code: on })} />
      <Check name="exclude_sale_items" label={said.sale} value={step.exclude_sale_items ?? false} keep={(on) => set({ exclude_sale_items: on })} />
      <Check name="for_customer" label={said.forCustomer} value={step.for_customer ?? true} keep={(on) => set({ for_customer: on })} />
      <Check name="combinable" label={said.combinable} value={step.combinable ?? false} keep={(on) => set({ combinable: on })} />
      <Check name="pool" label={said.pool} hint={said.poolHint} value={step.pool ?? false} keep={(on) => set({ pool: on })} />
    </Group>
  );
}

export function RewardForm({ step, set }: FormProps<RewardStep>) {
  const said = words.reward;
  const { store } = useStore();
  const when = step.every ? "every" : step.orders ? "orders" : "always";
  const options = [["always", said.always], ["every", said.every], ["orders", said.orders]] as const;
  const BEGIN: Record<string, Partial<RewardStep>> = {
    always: { every: null, orders: null },
    every: { every: 5, orders: null },
    orders: { every: null, orders: 5 },
  };
  return (
    <>
      <MoneyField name="amount" label={said.amount} value={step.amount} keep={(amount) => set({ amount: amount ?? 0 })} />
      <Choice name="when" label={said.when} value={when} options={options} keep={(next) => set(BEGIN[next]!)} />
      {when === "every" && <NumberField name="every" label={said.everyCount} value={step.every ?? null} keep={(every) => every && set({ every })} />}
      {when === "orders" && <NumberField name="orders" label={said.ordersCount} value={step.orders ?? null} keep={(orders) => orders && set({ orders })} />}
      <MaybeDuration name="expires_after" label={said.expires} usual="P90D" value={step.expires_after ?? null} keep={(expires_after) => set({ expires_after })} />
      <Check name="or_code" label={said.orCode} hint={store.has_credit ? undefined : said.alwaysCode} value={step.or_code ?? false} keep={(or_code) => set({ or_code })} />
      {step.or_code && <TextField name="prefix" label={said.prefix} value={step.prefix ?? "THANKS"} maxLength={12} keep={(prefix) => set({ prefix: big(prefix) })} />}
    </>
  );
}
