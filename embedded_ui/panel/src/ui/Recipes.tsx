// What a recipe is for, and which flows are one that was never turned on.
import { Lightbulb } from "lucide-react";
import { useId } from "react";
import { strings } from "../strings";
import type { About, FlowLine } from "../types";

const words = strings.flows.recipes;

/** A recipe's draft that nobody has published yet. */
export function isRecipe(flow: FlowLine): boolean {
  return flow.about !== null && flow.live_version === null;
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
