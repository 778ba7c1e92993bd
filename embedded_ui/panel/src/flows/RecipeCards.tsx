// Recipes that were never turned on, as cards: what each is for, and a picture of its steps.
import { useId } from "react";
import { Link } from "wouter";
import { to } from "../place";
import { strings } from "../strings";
import type { FlowRow } from "../types";
import { Channels } from "../ui/badges";
import { Picture } from "./Picture";
import { words } from "./words";

const FIRST = 3; // the store has none of these yet: they bring the most

/** `all`: every flow of the store, for who has one of two that do the same is not sent to the other. */
export function RecipeCards({ flows, all }: { flows: FlowRow[]; all: FlowRow[] }) {
  const categories = [...new Set(flows.map((flow) => flow.about?.category ?? ""))];
  const first = new Set(flows.filter((flow) => !isInstead(flow, all)).slice(0, FIRST).map((flow) => flow.id));
  return (
    <>
      {categories.map((category) => (
        <Category
          key={category}
          name={strings.flows.recipes.categories[category] ?? category}
          flows={flows.filter((flow) => flow.about?.category === category)}
          first={first}
        />
      ))}
    </>
  );
}

function isInstead(recipe: FlowRow, all: FlowRow[]): boolean {
  return all.some(
    ({ status, recipe: other, about }) =>
      status === "live" && other && (recipe.about?.instead_of === other || about?.instead_of === recipe.recipe),
  );
}

function Category({ name, flows, first }: { name: string; flows: FlowRow[]; first: Set<string> }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id} style={{ marginBlock: "16px 8px" }}>
        {name}
      </h2>
      <ul className="recipes">
        {flows.map((flow) => (
          <RecipeCard key={flow.id} flow={flow} isFirst={first.has(flow.id)} />
        ))}
      </ul>
    </section>
  );
}

function RecipeCard({ flow, isFirst }: { flow: FlowRow; isFirst: boolean }) {
  return (
    <li className="card recipe">
      <div className="between">
        <h3>
          <Link className="rowlink whole" href={to(`/flows/${flow.id}`)}>
            {flow.name}
          </Link>
        </h3>
        {isFirst && <span className="badge ok">{words.startHere}</span>}
      </div>
      <Picture marks={flow.picture} />
      <p className="sub">{flow.about?.summary}</p>
      <p className="small sub">{flow.about?.timing}</p>
      <div className="between">
        <Channels names={flow.channels} />
        <span className="link" aria-hidden>
          {words.look}
        </span>
      </div>
    </li>
  );
}
