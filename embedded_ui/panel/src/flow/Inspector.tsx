// The figures of one step, or of the whole flow while none is chosen.
import { lazy, Suspense } from "react";
import { X } from "lucide-react";
import { duration } from "../format";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Count, Figures, Flow, Step } from "../types";
import { StepIcon } from "./StepIcon";
import { lineOf, readable, titleOf, triggerLine, triggerTitle } from "./words";

const Variants = lazy(() => import("./Variants"));
const words = strings.flow;
const labels = words.figures;

export function Inspector({ flow, step, close }: { flow: Flow; step: Step | undefined; close: () => void }) {
  return (
    <aside className={step ? "insp" : "insp idle"} aria-label={words.details}>
      {step ? <OfStep flow={flow} step={step} close={close} /> : <OfFlow flow={flow} />}
    </aside>
  );
}

function OfFlow({ flow }: { flow: Flow }) {
  const { format } = useStore();
  const exits = flow.exits.map((event) => words.happenings[event] ?? event);
  return (
    <>
      <div className="ih">
        <StepIcon kind="trigger" />
        <h2>{triggerTitle(flow)}</h2>
      </div>
      <p className="sub">{triggerLine(flow)}</p>
      <dl className="st num">
        <Line label={strings.flows.columns.entered} value={format.int(flow.entered)} />
        <Line label={labels.waiting} value={format.int(flow.waiting)} />
        <Line label={labels.revenue} value={format.money(flow.revenue)} />
      </dl>
      <Reasons title={words.left} counts={flow.left} />
      {exits.length > 0 && (
        <>
          <h3>{words.exits}</h3>
          <p className="sub">{format.list(exits)}</p>
        </>
      )}
      <p className="sub small" style={{ marginBlockStart: 16 }}>
        {words.readOnly}
      </p>
    </>
  );
}

function OfStep({ flow, step, close }: { flow: Flow; step: Step; close: () => void }) {
  const { format } = useStore();
  return (
    <>
      <div className="ih">
        <StepIcon kind={step.kind} />
        <h2>{titleOf(step)}</h2>
        <button type="button" className="btn plain icon" aria-label={words.close} onClick={close}>
          <X size={16} aria-hidden />
        </button>
      </div>
      <p className="sub">{step.kind === "message" ? readable(step.subject ?? "") : lineOf(step, flow, format)}</p>
      {step.valid_seconds && <p className="sub">{words.validFor(duration(step.valid_seconds))}</p>}
      <dl className="st num" style={{ marginBlockStart: 12 }}>
        {step.kind === "message" ? <OfMessage figures={step.figures} /> : <OfOther figures={step.figures} />}
      </dl>
      {step.kind === "split" && (
        <Suspense>
          <Variants flow={flow} step={step} />
        </Suspense>
      )}
      <Reasons title={words.whyNot} counts={step.figures.refused} />
    </>
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
    </>
  );
}

function Line({ label, value }: { label: string; value: string }) {
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
