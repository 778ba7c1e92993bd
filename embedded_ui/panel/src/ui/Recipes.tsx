// Recipes that were never turned on, by what they are for; and one of them in full.
import { Lightbulb } from "lucide-react";
import { useId } from "react";
import { Link } from "wouter";
import { to } from "../place";
import { strings } from "../strings";
import type { About, FlowLine } from "../types";
import { Channels } from "./badges";

const words = strings.flows.recipes;

/** A recipe's draft that nobody has published yet. */
export function isRecipe(flow: FlowLine): boolean {
  return flow.about !== null && flow.live_version === null;
}

export function Recipes({ flows }: { flows: FlowLine[] }) {
  const categories = [...new Set(flows.map((flow) => flow.about?.category ?? ""))];
  return (
    <>
      <h2 style={{ marginBlock: "24px 4px" }}>{words.title}</h2>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.text}
      </p>
      {categories.map((category) => (
        <Category
          key={category}
          name={words.categories[category] ?? category}
          flows={flows.filter((flow) => flow.about?.category === category)}
        />
      ))}
    </>
  );
}

function Category({ name, flows }: { name: string; flows: FlowLine[] }) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <div className="chead">
        <h2 id={id}>{name}</h2>
      </div>
      <ul style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {flows.map((flow) => (
          <li key={flow.id} style={{ paddingBlock: 8 }}>
            <div className="inline">
              <Link className="rowlink" href={to(`/flows/${flow.id}`)}>
                {flow.name}
              </Link>
              <Channels names={flow.channels} />
            </div>
            <div className="sub">{flow.about?.summary}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Purpose({ about }: { about: About }) {
  const id = useId();
  return (
    <section className="banner info" style={{ margin: 12 }} aria-labelledby={id}>
      <Lightbulb size={16} aria-hidden />
      <div>
        <h2 id={id}>{about.summary}</h2>
        <p>{about.timing}</p>
        {about.needs && (
          <p>
            <b>{words.needs}</b> {about.needs}
          </p>
        )}
        <details>
          <summary>{words.ideas}</summary>
          <ul>
            {about.ideas.map((idea) => (
              <li key={idea}>{idea}</li>
            ))}
          </ul>
        </details>
      </div>
    </section>
  );
}
