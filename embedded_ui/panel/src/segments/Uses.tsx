// What asks about a segment, each with a link to it.
import { Link } from "wouter";
import { to } from "../place";
import type { SegmentUse } from "../types";
import { words } from "./words";

const PLACES: Record<string, string> = { segment: "/segments", campaign: "/campaigns", flow: "/flows", draft: "/flows" };

export function Uses({ uses }: { uses: SegmentUse[] }) {
  return (
    <ul className="uses">
      {uses.map(({ kind, id, name }) => (
        <li key={`${kind}${id}`}>
          <Link className="link" href={to(`${PLACES[kind] ?? ""}/${id}`)}>
            {words.use(words.uses[kind] ?? kind, name)}
          </Link>
        </li>
      ))}
    </ul>
  );
}
