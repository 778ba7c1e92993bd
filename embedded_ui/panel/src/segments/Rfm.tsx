// The buyers by recency and frequency, five by five, once they are scored.
import { useQuery } from "@tanstack/react-query";
import { api } from "../api";
import { choiceWord } from "../conditions/vocabulary";
import { useStore } from "../store";
import type { RfmGrid } from "../types";
import { words } from "./words";

const says = words.rfm;
const SCORES = [1, 2, 3, 4, 5];

export function Rfm() {
  const { data } = useQuery({ queryKey: ["segments", "rfm"], queryFn: () => api<RfmGrid>("/segments/rfm") });
  const { format } = useStore();
  if (!data?.cells.length) return null;
  return (
    <section className="card" aria-labelledby="rfm-grid" style={{ marginBlockStart: 16 }}>
      <h2 id="rfm-grid">{says.title}</h2>
      <p className="sub" style={{ marginBlockEnd: 8 }}>
        {says.text}
      </p>
      <div className="scroll" tabIndex={0} role="group" aria-labelledby="rfm-grid">
        <table className="rfm">
          <thead>
            <tr>
              <td>
                <span className="vh">{says.recency}</span>
              </td>
              {SCORES.map((frequency) => (
                <Head key={frequency} axis={says.frequency} score={frequency} scope="col" />
              ))}
            </tr>
          </thead>
          <tbody>
            {[...SCORES].reverse().map((recency) => (
              <tr key={recency}>
                <Head axis={says.recency} score={recency} scope="row" />
                {SCORES.map((frequency) => (
                  <Cell key={frequency} cells={data.cells} recency={recency} frequency={frequency} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul className="rfmgroups">
        {groupsOf(data.cells).map(([group, customers]) => (
          <li key={group} className="between">
            {choiceWord("group", group)}
            <b className="num">{format.int(customers)}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** On a phone a cell has no room for words: its groups are told below, the largest first. */
function groupsOf(cells: RfmGrid["cells"]): [string, number][] {
  const groups = new Map<string, number>();
  for (const { group, customers } of cells) groups.set(group, (groups.get(group) ?? 0) + customers);
  return [...groups].sort(([, one], [, other]) => other - one);
}

function Head({ axis, score, scope }: { axis: string; score: number; scope: "row" | "col" }) {
  const { format } = useStore();
  return (
    <th scope={scope}>
      <span className="axis">{axis}</span> <span className="num">{format.int(score)}</span>
    </th>
  );
}

type CellProps = { cells: RfmGrid["cells"]; recency: number; frequency: number };

function Cell({ cells, recency, frequency }: CellProps) {
  const { format } = useStore();
  const here = cells.find((cell) => cell.recency === recency && cell.frequency === frequency);
  return (
    <td className={here ? "full" : undefined}>
      <b className="num">{format.int(here?.customers ?? 0)}</b>
      {here && <span className="group">{choiceWord("group", here.group)}</span>}
    </td>
  );
}
