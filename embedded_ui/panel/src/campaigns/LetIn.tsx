// Letting many into a live flow: a segment from the start, or people from the past where they would stand now.
import { Dialog } from "@base-ui/react/dialog";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { api, send } from "../api";
import type { Format } from "../format";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Flow, Intake, OneSegment } from "../types";
import "../segments/segments.css";
import { Failure } from "../ui/states";
import { AimSelect } from "./AimSelect";
import { words } from "./words";

const says = words.letIn;
const OVER = ["done", "failed", "cancelled"];
type Props = { flow: Flow; names: ReadonlyMap<string, string>; isOpen: boolean; open: (isOpen: boolean) => void };

/** `names`: what the flow's steps are called, by id. */
export default function LetIn({ flow, names, isOpen, open }: Props) {
  const [how, choose] = useState<"segment" | "past">("segment");
  const [segment, pick] = useState("");
  const [days, setDays] = useState(7);
  const found = useSegment(segment);
  const { intake, order, stop, restart } = useIntake(flow.id);
  const isLooking = intake?.dry_run ?? false;
  const isGoing = order.isPending || (intake !== undefined && !OVER.includes(intake.state));
  const enrol = () => order.mutate({ path: "enrol", body: { source: { segment } } });
  const place = (isDry: boolean) => order.mutate({ path: "backfill", body: { days, dry_run: isDry } });
  const canLook = how === "past" && !intake;
  const canBegin = how === "segment" ? segment !== "" && !isEmpty(found) && !intake : isLooking && !isGoing && intake?.state === "done" && intake.entered > 0;
  return (
    <Dialog.Root open={isOpen} onOpenChange={open}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog tall">
          <Dialog.Title render={<h2 />}>{says.title(flow.name)}</Dialog.Title>
          {!intake && (
            <div role="radiogroup" aria-label={says.how}>
              <Choice label={says.segment} hint={says.segmentHint} isChosen={how === "segment"} choose={() => choose("segment")} />
              <Choice label={says.past} hint={says.pastHint} isChosen={how === "past"} choose={() => choose("past")} />
              {how === "segment" ? <Segment value={segment} pick={pick} /> : <Days value={days} set={setDays} />}
            </div>
          )}
          {(order.error ?? stop.error) && <Failure error={order.error ?? stop.error} retry={() => order.reset()} />}
          {intake && <Outcome intake={intake} names={names} />}
          <div className="inline">
            <Dialog.Close className="btn">{says.close}</Dialog.Close>
            {intake && !isGoing && (
              <button type="button" className="btn" onClick={restart}>
                {says.back}
              </button>
            )}
            {intake && isGoing && (
              <button type="button" className="btn" disabled={stop.isPending} onClick={() => stop.mutate(intake.id)}>
                {says.stop}
              </button>
            )}
            {canLook && (
              <button type="button" className="btn primary" disabled={isGoing || !(days >= 1 && days <= 365)} onClick={() => place(true)}>
                {says.look}
              </button>
            )}
            {canBegin && (
              <button type="button" className="btn primary" disabled={isGoing} onClick={() => (how === "segment" ? enrol() : place(false))}>
                {says.begin}
              </button>
            )}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Orders an intake and follows it until it is over; the job goes on when the dialog is closed. */
function useIntake(flowId: string) {
  const queries = useQueryClient();
  const [id, follow] = useState("");
  const { data } = useQuery({
    queryKey: ["intake", id],
    queryFn: () => api<Intake>(`/intakes/${id}`),
    enabled: id !== "",
    refetchInterval: ({ state }) => (state.data && OVER.includes(state.data.state) ? false : 1_000),
  });
  const keep = async (intake: Intake) => {
    queries.setQueryData(["intake", intake.id], intake);
    follow(intake.id);
    await queries.invalidateQueries({ queryKey: ["flow", flowId] });
  };
  const order = useMutation({
    mutationFn: ({ path, body }: { path: string; body: unknown }) => send<Intake>("POST", `/flows/${flowId}/${path}`, body),
    onSuccess: keep,
  });
  const stop = useMutation({ mutationFn: (intake: string) => send<Intake>("POST", `/intakes/${intake}/cancel`), onSuccess: keep });
  return { intake: id ? data : undefined, order, stop, restart: () => follow("") };
}

type ChoiceProps = { label: string; hint: string; isChosen: boolean; choose: () => void };

function Choice({ label, hint, isChosen, choose }: ChoiceProps) {
  return (
    <label className="choice plain">
      <input type="radio" name="let-in" checked={isChosen} onChange={choose} />
      <span>
        <b>{label}</b>
        <span className="hint">{hint}</span>
      </span>
    </label>
  );
}

/** Give the segment that is chosen; undefined while it is not known. */
function useSegment(segment: string): OneSegment | undefined {
  const { data } = useQuery({
    queryKey: ["segment", segment],
    queryFn: () => api<OneSegment>(`/segments/${segment}`),
    enabled: segment !== "",
    refetchInterval: ({ state }) => (isBuilding(state.data) ? 3_000 : false),
  });
  return data;
}

const isBuilding = (segment?: OneSegment) => segment?.state === "building";
const isEmpty = (segment?: OneSegment) => segment?.customers === 0 && !isBuilding(segment);

function Segment({ value, pick }: { value: string; pick: (segment: string) => void }) {
  const { format } = useStore();
  const found = useSegment(value);
  return (
    <div className="field" style={{ marginBlockStart: 12 }}>
      <AimSelect label={says.choose} value={value} choose={pick} nobody={says.none} />
      {found && <span className="hint">{toldOf(found, format)}</span>}
    </div>
  );
}

function toldOf(segment: OneSegment, format: Format): string {
  const written = format.int(segment.customers);
  if (isBuilding(segment)) return says.building(written);
  return isEmpty(segment) ? says.emptySegment : says.people(segment.customers, written);
}

function Days({ value, set }: { value: number; set: (days: number) => void }) {
  const id = useId();
  return (
    <div className="field" style={{ marginBlockStart: 12 }}>
      <label htmlFor={id}>{says.days}</label>
      <input id={id} className="input short" type="number" min={1} max={365} value={value || ""} onChange={(event) => set(Number(event.target.value))} />
    </div>
  );
}

function Outcome({ intake, names }: { intake: Intake; names: ReadonlyMap<string, string> }) {
  const { format } = useStore();
  const written = format.int(intake.entered);
  const going = { failed: says.failed, cancelled: says.stopped, done: "" }[intake.state];
  const isKnown = going !== undefined || intake.entered > 0; // 0 says nothing while it is looked for
  return (
    <div style={{ marginBlockStart: 8 }}>
      <p role="status">{isKnown && <b>{intake.dry_run ? says.found(intake.entered, written) : says.came(intake.entered, written)}</b>}</p>
      <p className="sub num">{says.seen(format.int(intake.seen))}</p>
      {intake.dry_run && intake.state === "done" && intake.entered === 0 && <p>{says.nobody}</p>}
      <p className="sub">{going ?? (intake.dry_run ? says.looking : says.doing)}</p>
      <Counted title={intake.dry_run ? says.standing : says.stand} counts={intake.standing} name={(step) => names.get(step) ?? step} />
      <Counted title={says.refused} counts={intake.refused} name={(reason) => says.refusals[reason] ?? strings.reasons[reason] ?? reason} />
    </div>
  );
}

function Counted({ title, counts, name }: { title: string; counts: Record<string, number>; name: (key: string) => string }) {
  const { format } = useStore();
  const found = Object.entries(counts);
  if (!found.length) return null;
  return (
    <>
      <h3 className="part">{title}</h3>
      <ul className="rows small">
        {found.map(([key, count]) => (
          <li key={key} className="between">
            <span>{name(key)}</span>
            <span className="num">{format.int(count)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
