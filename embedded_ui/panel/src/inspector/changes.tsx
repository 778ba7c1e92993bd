// What differs between two forms of a flow, as a list in plain words.
import { duration, type Format, secondsOf } from "../format";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Change, FieldChange } from "../types";
import { words } from "./words";

const said = words.changes;
const TONES: Record<string, string> = { added: "ok", removed: "bad", changed: "info", moved: "warn" };
const MONEY = ["amount", "minimum", "spent"];
// Whose values say nothing in a line: what they are is long, or an id of this flow alone.
const SILENT = ["channels", "template", "condition", "filter", "coupon", "reward", "field", "until_field", "notes"];
/** What each field's values are called where they are chosen. */
const VALUES: Record<string, Record<string, string>> = {
  contact: { email: words.question.email, phone: words.question.phone },
  keyword_match: { is: words.trigger.matchIs, contains: words.trigger.matchContains },
  kind: words.trigger.kinds,
  message_kind: { marketing: words.message.marketing, transactional: words.message.transactional },
  off: { percent: words.coupon.percent, amount: words.coupon.amount, free_shipping: words.coupon.freeShipping },
  reentry: strings.flow.reentry,
  since: { previous: words.delay.for, trigger: words.delay.trigger },
};

export function Changes({ changes }: { changes: Change[] }) {
  const { format } = useStore();
  return (
    <ul className="changes">
      {changes.map((change) => (
        <li key={`${change.step} ${change.what}`}>
          <span className={`badge ${TONES[change.what]}`}>{said[change.what as "added"]}</span>
          <b>{titleOf(change)}</b>
          {change.what !== "added" && change.fields.length > 0 && (
            <ul>
              {change.fields.map((field) => (
                <li key={field.field}>{lineOf(field, format)}</li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}

function titleOf({ kind, name }: Change): string {
  if (kind === "flow") return words.problems.flow;
  return name || strings.flow.kinds[kind] || kind;
}

function lineOf({ field, before, after }: FieldChange, format: Format): string {
  const name = words.fields[field] ?? field.replaceAll("_", " ");
  if (SILENT.includes(field) || isNested(before) || isNested(after)) return said.field(name);
  return said.of(name, valueOf(field, before, format), valueOf(field, after, format));
}

const CLOCK = /^\d\d:\d\d(:\d\d)?$/;
const isNested = (value: unknown) =>
  typeof value === "object" && value !== null && (!Array.isArray(value) || value.some((one) => typeof one === "object"));

function valueOf(field: string, value: unknown, format: Format): string {
  if (value === null || value === undefined || value === "") return said.unset;
  if (typeof value === "boolean") return value ? said.yes : said.no;
  if (typeof value === "number" && field === "percent") return format.share(value / 100);
  if (typeof value === "number") return MONEY.includes(field) ? format.money(value) : format.int(value);
  if (Array.isArray(value)) return value.length ? format.list(value.map((one) => wordOf(field, one))) : said.unset;
  const seconds = secondsOf(value);
  if (seconds) return duration(seconds, "short");
  return CLOCK.test(String(value)) ? format.clock(String(value)) : wordOf(field, value);
}

function wordOf(field: string, value: unknown): string {
  const text = String(value);
  if (field === "weekdays") return words.delay.dayNames[Number(value)] ?? text;
  if (field === "event" || field === "exits") return strings.flow.happenings[text] ?? text;
  return VALUES[field]?.[text] ?? strings.channels[text] ?? text;
}
