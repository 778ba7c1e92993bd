// What happened at a step, or in the flow as a whole, in the period that is shown.
import { useStore } from "../store";
import { strings } from "../strings";
import type { Count, Figures, Flow } from "../types";
import { words as own } from "./words";

const words = strings.flow;
const labels = words.figures;

export function FlowFigures({ flow }: { flow: Flow }) {
  const { format } = useStore();
  return (
    <section aria-label={own.figures}>
      <dl className="st num">
        <Line label={strings.flows.columns.entered} value={format.int(flow.entered)} />
        <Line label={labels.waiting} value={format.int(flow.waiting)} />
        <Line label={labels.revenue} value={format.money(flow.revenue)} />
        <Line label={labels.cost} value={format.money(flow.cost)} />
        <Line label={labels.left} value={format.money(flow.revenue - flow.cost)} />
      </dl>
      <Reasons title={words.left} counts={flow.left} />
    </section>
  );
}

export function StepFigures({ figures, isMessage }: { figures: Figures; isMessage: boolean }) {
  return (
    <section aria-label={own.figures}>
      <dl className="st num">{isMessage ? <OfMessage figures={figures} /> : <OfOther figures={figures} />}</dl>
      <Reasons title={words.whyNot} counts={figures.refused} />
    </section>
  );
}

function OfMessage({ figures }: { figures: Figures }) {
  const { format } = useStore();
  const { sent } = figures;
  const ofSent = (count: number) =>
    sent ? words.ofSent(format.int(count), format.percent(count / sent)) : format.int(count);
  const notSent = figures.refused.reduce((sum, each) => sum + each.count, 0);
  return (
    <>
      <Line label={labels.reached} value={format.int(figures.reached)} />
      <Line label={labels.sent} value={format.int(sent)} />
      <Line label={labels.opened} value={ofSent(figures.opened)} />
      <Line label={labels.clicked} value={ofSent(figures.clicked)} />
      <Line label={labels.ordered} value={ofSent(figures.ordered)} />
      <Line label={labels.revenue} value={format.money(figures.revenue)} />
      <Line label={labels.cost} value={format.money(figures.cost)} />
      <Line label={labels.unsubscribed} value={format.int(figures.unsubscribed)} />
      {figures.unsure > 0 && <Line label={labels.unsure} value={format.int(figures.unsure)} />}
      <Line label={labels.notSent} value={format.int(notSent)} />
    </>
  );
}

function OfOther({ figures }: { figures: Figures }) {
  const { format } = useStore();
  return (
    <>
      <Line label={labels.reached} value={format.int(figures.reached)} />
      <Line label={labels.waiting} value={format.int(figures.waiting)} />
      {figures.cost > 0 && <Line label={labels.cost} value={format.money(figures.cost)} />}
    </>
  );
}

export function Line({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Reasons({ title, counts }: { title: string; counts: Count[] }) {
  const { format } = useStore();
  if (!counts.length) return null;
  return (
    <>
      <h3>{title}</h3>
      <dl className="st num">
        {counts.map(({ reason, count }) => (
          <Line key={reason} label={strings.reasons[reason] ?? reason} value={format.int(count)} />
        ))}
      </dl>
    </>
  );
}
