// The abandoned carts nobody was written to about, and why: the price of the consent rule.
import { Link } from "wouter";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import type { NotWritten as Figures } from "../types";
import { Defined } from "./Defined";
import { Skeleton } from "./Skeleton";

const words = strings.dashboard;

export function NotWritten({ figures }: { figures: Figures | undefined }) {
  return (
    <section className="card" aria-labelledby="not-written">
      <div className="chead">
        <h2 id="not-written">
          {figures ? <Defined label={words.notWritten} text={figures.definition} /> : words.notWritten}
        </h2>
      </div>
      {figures ? <Split figures={figures} /> : <Skeleton height={120} />}
    </section>
  );
}

function Split({ figures }: { figures: Figures }) {
  const { format, store } = useStore();
  const isOn = store.imports.some(({ state }) => state === "waiting" || state === "running");
  const none = isOn ? words.importTitle : words.noneAbandoned;
  if (!figures.carts) return <p className="sub">{figures.abandoned ? words.notWrittenNone : none}</p>;
  const most = Math.max(...figures.reasons.map((each) => each.value), 1);
  return (
    <>
      <p className="big num">{format.roundMoney(figures.value)}</p>
      <p className="sub" style={{ marginBlockEnd: 16 }}>
        {words.ofAbandoned(format.int(figures.carts), format.int(figures.abandoned))}
      </p>
      <ul className="bars">
        {figures.reasons.map(({ reason, carts, value }) => (
          <li key={reason}>
            <span>{words.refusals[reason] ?? reason}</span>
            <b className="num">{words.cartsAndValue(format.int(carts), format.roundMoney(value))}</b>
            <span className="bar">
              <i style={{ width: `${(value / most) * 100}%` }} />
            </span>
          </li>
        ))}
      </ul>
      <p className="note">
        <Link className="link" href={to("/settings")}>
          {words.whoGets}
        </Link>
      </p>
    </>
  );
}
