// What else is known of a customer: their segments, tags and properties.
import { useStore } from "../store";
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
              <dt>{name}</dt>
              <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
