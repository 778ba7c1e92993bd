// How far a split's own pick of its winner has come, or by what it was picked.
import { duration } from "../format";
import { useStore } from "../store";
import { strings } from "../strings";
import type { SplitTest } from "../types";

const words = strings.flow.ownPick;

export function OwnPick({ test }: { test: SplitTest }) {
  const { format } = useStore();
  const isMoney = test.by === "revenue";
  const mean = (value: number) => (isMoney ? format.money(Math.round(value)) : format.percent(value));
  return (
    <section aria-label={words.title}>
      <h3>{words.title}</h3>
      <p className="sub small">{words.rule[test.by]!(duration(test.after_seconds), format.int(test.least))}</p>
      <p>{standing(test, format)}</p>
      {test.leader !== null && test.state !== "alike" && test.low !== null && test.high !== null && test.low > 0 && (
        <p>{isMoney ?
          words.surelyMoney(test.leader.toUpperCase(), format.money(Math.round(test.low)), format.money(Math.round(test.high)))
        : words.surely(test.leader.toUpperCase(), format.points(test.low), format.points(test.high))}</p>
      )}
      {test.looked_at !== null && test.variants.length > 0 && (
        <>
          <p className="sub small">{words.looked(format.zoned(test.looked_at))}</p>
          <dl className="st num">
            {test.variants.map((one) => (
              <div key={one.key}>
                <dt>{one.key.toUpperCase()}</dt>
                <dd>{words.arm(one.people, format.int(one.people), mean(one.mean))}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}

function standing(test: SplitTest, format: ReturnType<typeof useStore>["format"]): string {
  switch (test.state) {
    case "picked":
      return words.picked((test.leader ?? "").toUpperCase(), format.date(test.looked_at ?? test.begun_at ?? ""));
    case "running":
      return test.why === "early" ? words.early(format.date(test.next_at ?? "")) : words[test.why ?? "open"];
    default:
      return words[test.state];
  }
}
