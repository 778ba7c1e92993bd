// What else is known of a customer: their segments, tags and properties.
import type { Format } from "../format";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Customer } from "../types";
import { words } from "./words";

export function Known({ customer }: { customer: Customer }) {
  const { format } = useStore();
  const properties = Object.entries(customer.properties as Record<string, unknown>);
  return (
    <section className="card" aria-labelledby="known">
      <h2 id="known">{words.segments}</h2>
      <p className="marks" style={{ marginBlock: 8 }}>
        {customer.segments.map((segment) => (
          <span key={segment.id} className="badge" title={format.date(segment.entered_at)}>
            {segment.name}
          </span>
        ))}
        {!customer.segments.length && <span className="sub">{words.noSegments}</span>}
      </p>
      <h2 style={{ marginBlockStart: 16 }}>{words.tags}</h2>
      <p className="marks" style={{ marginBlockStart: 8 }}>
        {customer.tags.map((tag) => (
          <span key={tag} className="badge">
            {tag}
          </span>
        ))}
        {!customer.tags.length && !properties.length && <span className="sub">{words.noTags}</span>}
      </p>
      {properties.length > 0 && (
        <dl className="props">
          {properties.map(([name, value]) => (
            <div key={name}>
              <dt>{nameOf(name)}</dt>
              <dd>{toldOf(value, format)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

/** Name a property: ours in words, a merchant's or a program's as it is called, in a form that reads well. */
function nameOf(key: string): string {
  const plain = key.replaceAll(/[_\s]+/g, " ").trim() || key;
  return words.properties[key] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function toldOf(value: unknown, format: Format): string {
  if (typeof value === "boolean") return value ? strings.flow.yes : strings.flow.no;
  if (typeof value === "number") return format.int(value);
  if (typeof value !== "string") return JSON.stringify(value);
  return DAY.test(value) && !Number.isNaN(Date.parse(value)) ? format.wholeDay(value) : value;
}
