// What begins a flow: the event, what narrows it, how often for one customer, and the filter at the door.
import { Picker } from "../conditions/Picker";
import type { FlowDocument, Trigger } from "../builder/document";
import { strings } from "../strings";
import { ConditionField } from "./Condition";
import { begun, takes, TRIGGERS } from "./events";
import { Check, Choice, DurationField, Group, NumberField, MoneyField, Select, TextField, TimeField } from "./fields";
import { words } from "./words";

const said = words.trigger;
type Props = { document: FlowDocument; change: (document: FlowDocument, said: string) => void };
type PartProps = { trigger: Trigger; set: (part: Partial<Trigger>) => void };

export function TriggerForm({ document, change }: Props) {
  const { trigger } = document;
  const put = (next: Trigger) => change({ ...document, trigger: next }, words.changed(said.title));
  const set = (part: Partial<Trigger>) => put({ ...trigger, ...part });
  const groups = Object.entries(TRIGGERS).map(([group, events]) => ({
    label: said.groups[group as keyof typeof TRIGGERS],
    options: events.map((event) => [event, said.events[event]!] as const),
  }));
  return (
    <>
      <Select name="event" label={said.event} value={trigger.event} options={groups} keep={(event) => put(begun(trigger, event))} />
      <Narrowing trigger={trigger} set={set} />
      <Reentry trigger={trigger} set={set} />
      <ConditionField
        name="filter"
        label={said.filter}
        hint={said.filterHint}
        facts={trigger.event}
        value={trigger.filter ?? null}
        keep={(filter) => set({ filter })}
      />
    </>
  );
}

function Narrowing({ trigger, set }: PartProps) {
  const has = (name: keyof Trigger) => (takes(trigger.event) as string[]).includes(name);
  return (
    <>
      {has("idle") && (
        <DurationField name="idle" label={said.idle} hint={said.idleHint} value={trigger.idle ?? "PT1H"} keep={(idle) => set({ idle })} />
      )}
      {has("channel") && <Channel trigger={trigger} set={set} />}
      {has("tag") && <Found name="tag" of="tags" label={said.tag} hint={said.tagHint} trigger={trigger} set={set} />}
      {has("segment") && <Found name="segment" of="segments" label={said.segment} trigger={trigger} set={set} />}
      {has("property") && (
        <TextField name="property" label={said.property} hint={said.propertyHint} value={trigger.property ?? ""} keep={(property) => set({ property })} />
      )}
      {has("days") && <Days trigger={trigger} set={set} />}
      {has("at") && <TimeField name="at" label={said.at} value={trigger.at ?? "10:00"} keep={(at) => set({ at })} />}
      {has("yearly") && (
        <Check name="yearly" label={said.yearly} hint={said.yearlyHint} value={trigger.yearly ?? true} keep={(yearly) => set({ yearly })} />
      )}
      {has("orders") && <Mark trigger={trigger} set={set} />}
      {has("kind") && <Kind trigger={trigger} set={set} />}
      {has("keywords") && <Keywords trigger={trigger} set={set} />}
      {has("referral") && (
        <Source trigger={trigger} set={set} />
      )}
      {has("name") && (
        <TextField name="name" label={said.name} hint={said.nameHint} value={trigger.name ?? ""} keep={(name) => set({ name })} />
      )}
      {has("per_line") && (
        <Check name="per_line" label={said.perLine} hint={said.perLineHint} value={trigger.per_line ?? false} keep={(per_line) => set({ per_line })} />
      )}
    </>
  );
}

function Channel({ trigger, set }: PartProps) {
  const options = [["", said.anyChannel], ...Object.entries(strings.channels)] as [string, string][];
  return (
    <Select name="channel" label={said.channel} value={trigger.channel ?? ""} options={options} keep={(channel) => set({ channel: channel || null })} />
  );
}

function Kind({ trigger, set }: PartProps) {
  const options = [["", said.anyKind], ...Object.entries(said.kinds)] as [string, string][];
  const hint = trigger.kind === "comment" ? said.commentHint : undefined;
  return <Select name="kind" label={said.kind} hint={hint} value={trigger.kind ?? ""} options={options} keep={(kind) => set({ kind: kind || null })} />;
}

/** What a link carries, or under which post a comment was written. */
function Source({ trigger, set }: PartProps) {
  const [label, hint] = trigger.kind === "comment" ? [said.post, said.postHint] : [said.referral, said.referralHint];
  return <TextField name="referral" label={label} hint={hint} value={trigger.referral ?? ""} keep={(referral) => set({ referral: referral || null })} />;
}

type FoundProps = PartProps & { name: "tag" | "segment"; of: string; label: string; hint?: string };

function Found({ name, of, label, hint, trigger, set }: FoundProps) {
  const value = trigger[name];
  return (
    <Group name={name} label={label} hint={hint}>
      <Picker of={of} label={label} values={value ? [value] : []} choose={([one]) => set({ [name]: one ?? (name === "tag" ? null : "") })} />
    </Group>
  );
}

function Keywords({ trigger, set }: PartProps) {
  const given = trigger.keywords ?? [];
  const match = trigger.keyword_match ?? "is";
  const options = [["is", said.matchIs], ["contains", said.matchContains]] as const;
  const choose = (keywords: string[]) => set(keywords.length > 0 ? { keywords } : { keywords, keyword_match: "is" });
  return (
    <>
      <Group name="keywords" label={said.keywords} hint={said.keywordsHint}>
        <Picker of="" label={said.keywords} isMany values={given} choose={choose} />
      </Group>
      {given.length > 0 && (
        <Choice
          name="keyword_match"
          label={said.match}
          hint={match === "contains" ? said.containsHint : said.isHint}
          value={match}
          options={options}
          keep={(next) => set({ keyword_match: next === "contains" ? "contains" : "is" })}
        />
      )}
    </>
  );
}

function Days({ trigger, set }: PartProps) {
  const isLapse = trigger.event === "customer.lapsed";
  return (
    <NumberField
      name="days"
      label={isLapse ? said.lapsedDays : said.days}
      hint={isLapse ? undefined : said.daysHint}
      value={trigger.days ?? 0}
      keep={(days) => set({ days: days ?? 0 })}
    />
  );
}

function Mark({ trigger, set }: PartProps) {
  const isSum = trigger.spent !== null && trigger.spent !== undefined;
  const options = [["orders", said.byOrders], ["spent", said.bySpent]] as const;
  return (
    <>
      <Choice
        name="mark"
        label={said.mark}
        value={isSum ? "spent" : "orders"}
        options={options}
        keep={(mark) => set(mark === "spent" ? { spent: 10_000, orders: null } : { orders: 2, spent: null })}
      />
      {isSum ? (
        <MoneyField name="spent" label={said.spent} value={trigger.spent ?? null} keep={(spent) => set({ spent })} />
      ) : (
        <NumberField name="orders" label={said.orders} value={trigger.orders ?? null} keep={(orders) => set({ orders })} />
      )}
    </>
  );
}

function Reentry({ trigger, set }: PartProps) {
  const reentry = trigger.reentry ?? "always";
  const kind = reentry === "always" || reentry === "once" ? reentry : "every";
  const isPaced = trigger.event === "message.received" && kind === "always";
  const options = [["always", said.always], ["once", said.once], ["every", said.every]] as const;
  return (
    <>
      <Choice name="reentry" label={said.reentry} hint={isPaced ? said.paced : undefined} value={kind} options={options} keep={(next) => set({ reentry: next === "every" ? "P30D" : next })} />
      {kind === "every" && (
        <DurationField name="reentry-after" label={said.pause} value={reentry} keep={(next) => set({ reentry: next })} />
      )}
    </>
  );
}
