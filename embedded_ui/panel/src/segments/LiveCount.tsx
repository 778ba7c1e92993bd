// Beside the editor: how many belong, whom each channel reaches, and some of them.
import { Link } from "wouter";
import { belowOf, calledOf } from "../people/called";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import type { CountedSegment } from "../types";
import { Skeleton } from "../ui/Skeleton";
import type { Counted } from "./useCount";
import { words } from "./words";

const { one: says } = words;
/** Channels that take a message for a day after the customer wrote. */
const WINDOWED = ["messenger", "instagram", "webchat"];

export function LiveCount({ counted }: { counted: Counted }) {
  const { exact, estimate, isCounting, error } = counted;
  return (
    <div>
      <Figure counted={counted} />
      <p className="sub small" role="status" style={{ minBlockSize: exact || estimate ? 16 : 0 }}>
        {isCounting ? says.counting : ""}
      </p>
      {Boolean(error) && !isCounting && <p className="hint">{says.countFailed}</p>}
      {!exact && !estimate && !isCounting && !error && <p className="sub">{says.noCount}</p>}
      {exact && (
        <div className={isCounting ? "dimmed" : undefined}>
          <Reach counted={exact} />
          <Samples counted={exact} />
        </div>
      )}
    </div>
  );
}

function Figure({ counted: { exact, estimate, isCounting } }: { counted: Counted }) {
  const { format } = useStore();
  const shown = estimate ?? exact;
  if (!shown) return isCounting ? <Skeleton width={140} height={32} /> : null;
  const written = format.int(shown.customers);
  const dims = isCounting && !estimate;
  return (
    <p className={dims ? "dimmed" : undefined}>
      <span className="big num">{estimate ? says.about(written) : written}</span>{" "}
      <span>{says.people(shown.customers)}</span>
      {shown.everyone > 0 && (
        <span className="sub" style={{ display: "block" }}>
          {says.share(format.percent(shown.customers / shown.everyone))}
        </span>
      )}
    </p>
  );
}

function Reach({ counted }: { counted: CountedSegment }) {
  const { format } = useStore();
  return (
    <>
      <h3 className="part">{says.reach}</h3>
      <ul className="bars tight">
        {Object.entries(counted.reach).map(([channel, count]) => {
          const share = counted.customers ? count / counted.customers : 0;
          return (
            <li key={channel}>
              <span>{strings.channels[channel] ?? channel}</span>
              <span className="num">{says.reachOf(format.int(count), format.percent(share))}</span>
              <span className="bar" aria-hidden>
                <i style={{ inlineSize: `${share * 100}%` }} />
              </span>
            </li>
          );
        })}
      </ul>
      <p className="hint">{says.reachHint}</p>
      {WINDOWED.some((channel) => channel in counted.reach) && <p className="hint">{says.chatHint}</p>}
    </>
  );
}

function Samples({ counted }: { counted: CountedSegment }) {
  return (
    <>
      <h3 className="part">{says.samples}</h3>
      {counted.samples.length === 0 && <p className="sub">{says.noSamples}</p>}
      <ul className="rows">
        {counted.samples.map((one) => (
          <li key={one.id}>
            <Link className="rowlink" href={to(`/customers/${one.id}`)}>
              {calledOf(one)}
            </Link>
            {belowOf(one) && <div className="sub small">{belowOf(one)}</div>}
          </li>
        ))}
      </ul>
    </>
  );
}
