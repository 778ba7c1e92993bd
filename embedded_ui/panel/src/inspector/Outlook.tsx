// What a draft is to be expected to do and to cost in a month: in all before it goes live, and at a step.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ApiError, api } from "../api";
import type { FlowDocument } from "../builder/document";
import type { Format } from "../format";
import { useStore } from "../store";
import type { Outlook, Range, StepOutlook } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { useSettled } from "../ui/useSettled";
import { Line } from "./Figures";
import { words } from "./words";

const said = words.outlook;
const A_MONTH = 30; // days
const KEPT = 2_500; // ms: by then an edit is kept, and the server knows of it

/** Ask about the draft as it is kept; `about` is what makes the answer another one. */
function useOutlook(flowId: string, about: unknown) {
  return useQuery({
    queryKey: ["outlook", flowId, about],
    queryFn: () => api<Outlook>(`/flows/${flowId}/outlook`),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  });
}

export function FlowOutlook({ flowId, revision }: { flowId: string; revision: number }) {
  const { data, error, refetch } = useOutlook(flowId, revision);
  if (error instanceof ApiError && error.status === 409) return null; // what is in its way is said above
  return (
    <section aria-labelledby="outlook">
      <h3 id="outlook">{said.title}</h3>
      {data ? <Told outlook={data} /> : error ? <Failure error={error} retry={() => void refetch()} /> : <RowSkeletons rows={2} />}
    </section>
  );
}

function Told({ outlook }: { outlook: Outlook }) {
  const { format } = useStore();
  const { people, reached, steps, cost, revenue } = outlook;
  if (!people) return <p className="sub">{basisOf(outlook, format)}</p>;
  const of = (kind: string) => steps.filter((step) => step.kind === kind);
  const perDay = people.high / A_MONTH;
  return (
    <>
      <dl className="st num">
        <Line label={said.people} value={counts(people, format)} />
        <Line label={said.perDay} value={perDay < 1 ? said.lessThanOne : said.upTo(format.int(Math.round(perDay)))} />
        {reached && <Line label={said.reached} value={counts(reached, format)} />}
        <Line label={said.messages} value={counts(sum(of("message").map((step) => step.count))!, format)} />
        <Costs label={said.messageCost} steps={of("message")} />
        <Costs label={said.codeCost} steps={of("coupon")} />
        <Costs label={said.creditCost} steps={of("reward")} />
        <Line label={said.out} value={money(cost, format)} />
        <Line label={said.in} value={money(revenue, format)} />
      </dl>
      <p className="sub small basis">{basisOf(outlook, format)}</p>
      {of("message").some((step) => step.basis === "parts") && <p className="sub small basis">{said.parts}</p>}
      {of("coupon").map((step) => (
        <p key={step.step} className="sub small basis">
          {codeBasis(step, format)}
        </p>
      ))}
      {!revenue && <p className="sub small basis">{said.noRevenue}</p>}
    </>
  );
}

function Costs({ label, steps }: { label: string; steps: StepOutlook[] }) {
  const { format } = useStore();
  if (!steps.length) return null;
  return <Line label={label} value={money(sum(steps.map(({ cost }) => cost)), format)} />;
}

/** What one step is to be expected to do; nothing where it sends or gives nothing. */
export function OfStep({ flowId, document, stepId }: { flowId: string; document: FlowDocument; stepId: string }) {
  const { format } = useStore();
  const { data } = useOutlook(flowId, useSettled(JSON.stringify(document.steps), KEPT));
  const step = data?.steps.find((one) => one.step === stepId);
  if (!data || !step) return null;
  const isMessage = step.kind === "message";
  return (
    <section aria-labelledby="step-outlook">
      <h3 id="step-outlook">{said.title}</h3>
      <dl className="st num">
        <Line label={isMessage ? said.messages : step.kind === "coupon" ? said.codes : said.credits} value={counts(step.count, format)} />
        <Line label={said.cost} value={money(step.cost, format)} />
        {isMessage && <Line label={said.in} value={money(step.revenue, format)} />}
      </dl>
      {step.kind === "coupon" && <p className="sub small basis">{codeBasis(step, format)}</p>}
      {isMessage && step.cost?.high === 0 && step.count.high > 0 && <p className="sub small basis">{said.noPrice}</p>}
      {step.basis === "parts" && <p className="sub small basis">{said.parts}</p>}
      <p className="sub small basis">{basisOf(data, format)}</p>
    </section>
  );
}

function basisOf({ basis, days, looked_at, is_sample }: Outlook, format: Format): string {
  const [told, seen] = [format.int(days), format.int(looked_at)];
  if (basis === "replay") return is_sample ? said.sample(told, seen) : said.replay(told, seen);
  if (basis === "entered") return said.entered(told, seen);
  return said.unknown[basis] ?? said.notKnown;
}

function codeBasis({ basis, share, each }: StepOutlook, format: Format): string {
  if (each === null) return said.codes_unknown;
  const off = format.money(each);
  if (!share) return said.allUsed(off);
  const part = said.range(format.share(share.low / 100), format.share(share.high / 100));
  return basis === "own" ? said.ownCodes(part, off) : said.storeCodes(part, off);
}

function sum(ranges: (Range | null)[]): Range | null {
  const known = ranges.filter((one) => one !== null);
  if (known.length < ranges.length) return null;
  return {
    low: known.reduce((total, one) => total + one.low, 0),
    high: known.reduce((total, one) => total + one.high, 0),
  };
}

const counts = ({ low, high }: Range, { int }: Format) => (low === high ? int(low) : said.range(int(low), int(high)));

function money(range: Range | null, { money: write }: Format): string {
  if (!range) return said.notKnown;
  return range.low === range.high ? write(range.low) : said.range(write(range.low), write(range.high));
}
