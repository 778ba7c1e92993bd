// When a campaign goes out: now, or at a date by the store's clock or each customer's own.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useMemo, useState } from "react";
import { ApiError, sendOver, toast } from "../api";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { Audience as Counted, Campaign, OneCampaign } from "../types";
import { Asked, asks } from "../ui/Asked";
import { Failure } from "../ui/states";
import { useMerged } from "../ui/useMerged";
import { Unready, UNREADY } from "./Unready";
import { words } from "./words";

const says = words.one;
type Wanted = { now: true } | { at: string; clock: string };
type Props = { campaign: OneCampaign; counted: Counted | undefined };

export function When({ campaign, counted }: Props) {
  const { send_at: at, clock } = campaign;
  const { form, setForm, wasMet, settle } = useMerged(useMemo(() => chosen({ send_at: at, clock }), [at, clock]));
  const [isAsked, ask] = useState(false);
  const [wasTried, tried] = useState(false);
  const mayPublish = useMay("publish");
  const plan = usePlan(campaign, () => ask(false), (kept) => settle(form, chosen(kept)));
  const choose = (chosen: Chosen) => {
    setForm(chosen);
    if (plan.error) plan.reset(); // what was refused is not what is chosen now
  };
  const submit = () => {
    if (form.how === "now") return ask(true);
    tried(true);
    if (form.at) plan.mutate({ at: form.at, clock: form.clock });
  };
  const refused = plan.error instanceof ApiError && plan.error.status < 500 ? plan.error : null;
  return (
    <section className="card" aria-labelledby="when">
      <h2 id="when" style={{ marginBlockEnd: 8 }}>
        {says.when}
      </h2>
      {plan.error && !refused && <Failure error={plan.error} retry={submit} />}
      <fieldset className="lookonly" disabled={!mayPublish}>
        <div role="radiogroup" aria-labelledby="when">
          <Choice label={says.now} hint={says.nowHint} isChosen={form.how === "now"} choose={() => choose({ ...form, how: "now" })} />
          <Choice label={says.later} isChosen={form.how === "later"} choose={() => choose({ ...form, how: "later" })} />
        </div>
        {form.how === "later" && (
          <Moment
            at={form.at}
            setAt={(at) => choose({ ...form, at })}
            clock={form.clock}
            setClock={(clock) => choose({ ...form, clock })}
            wrong={wasTried && !form.at ? says.dateMissing : null}
          />
        )}
      </fieldset>
      {wasMet && (
        <p className="hint" role="status">
          {says.whenMet}
        </p>
      )}
      {refused && (
        <p className="wrong" role="alert">
          {refused.message}
        </p>
      )}
      <Unready campaign={campaign} />
      <div className="inline" style={{ marginBlockStart: 12 }}>
        <button
          type="button"
          className="btn primary"
          disabled={plan.isPending || campaign.problems.length > 0 || !mayPublish}
          aria-describedby={campaign.problems.length ? UNREADY : undefined}
          {...(form.how === "now" ? asks : {})}
          onClick={submit}
        >
          {form.how === "now" ? says.send : campaign.state === "scheduled" ? says.replan : says.plan}
        </button>
      </div>
      {!mayPublish && <p className="hint">{says.publishers}</p>}
      <Question
        campaign={campaign}
        counted={counted}
        isOpen={isAsked}
        open={ask}
        isBusy={plan.isPending}
        act={() => plan.mutate({ now: true })}
      />
    </section>
  );
}

type Chosen = { how: "now" | "later"; at: string; clock: string };

const chosen = ({ send_at, clock }: Pick<Campaign, "send_at" | "clock">): Chosen => ({
  how: send_at ? "later" : "now",
  at: send_at ?? "",
  clock,
});

function usePlan(campaign: OneCampaign, close: () => void, planned: (kept: Campaign) => void) {
  const queries = useQueryClient();
  return useMutation({
    // What is sent is what was seen here: another's words are looked at first.
    mutationFn: (wanted: Wanted) =>
      sendOver<Campaign>("POST", `/campaigns/${campaign.id}/schedule`, wanted, campaign.revision),
    onSuccess: (kept, wanted) => {
      toast("now" in wanted ? says.sending : says.planned);
      planned(kept);
    },
    onSettled: async () => {
      close();
      await queries.invalidateQueries({ queryKey: ["campaign", campaign.id] });
      await queries.invalidateQueries({ queryKey: ["campaigns"] });
    },
  });
}

type ChoiceProps = { label: string; hint?: string; isChosen: boolean; choose: () => void };

function Choice({ label, hint, isChosen, choose }: ChoiceProps) {
  return (
    <label className="choice plain">
      <input type="radio" name="when" checked={isChosen} onChange={choose} />
      <span>
        <b>{label}</b>
        {hint && <span className="hint">{hint}</span>}
      </span>
    </label>
  );
}

type MomentProps = {
  at: string;
  setAt: (at: string) => void;
  clock: string;
  setClock: (clock: string) => void;
  wrong: string | null;
};

function Moment({ at, setAt, clock, setClock, wrong }: MomentProps) {
  const id = useId();
  const { format } = useStore();
  return (
    <div className="pair" style={{ marginBlockStart: 12 }}>
      <div className="field">
        <label htmlFor={`${id}-at`}>{says.date}</label>
        <input
          id={`${id}-at`}
          className="input"
          type="datetime-local"
          value={at}
          aria-invalid={wrong !== null}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          onChange={(event) => setAt(event.target.value)}
        />
        {wrong && (
          <span id={`${id}-wrong`} className="wrong" role="alert">
            {wrong}
          </span>
        )}
      </div>
      <div className="field">
        <label htmlFor={`${id}-clock`}>{says.clock}</label>
        <select id={`${id}-clock`} className="input" value={clock} onChange={(event) => setClock(event.target.value)}>
          <option value="store">{says.store(format.timeZone)}</option>
          <option value="customer">{says.customer}</option>
        </select>
        {clock === "customer" && <span className="hint">{says.customerHint}</span>}
      </div>
    </div>
  );
}

type QuestionProps = Props & { isOpen: boolean; open: (isOpen: boolean) => void; isBusy: boolean; act: () => void };

function Question({ campaign, counted, isOpen, open, isBusy, act }: QuestionProps) {
  const { format } = useStore();
  const { customers, reached, leftOut } = reachOf(counted);
  const isCounted = counted !== undefined && !counted.building;
  return (
    <Asked
      isOpen={isOpen}
      open={open}
      title={says.sendTitle(campaign.name)}
      text={isCounted ? says.sendText(reached, format.int(reached)) : says.sendUncounted}
      keep={says.notYet}
      act={
        <button type="button" className="btn primary" disabled={isBusy} onClick={act}>
          {says.send}
        </button>
      }
    >
      {isCounted && customers > reached && (
        <p>
          {says.sendOf(customers, format.int(customers))} {leftOut.length > 0 && says.sendWithout}
        </p>
      )}
      <ul className="rows small">
        {(isCounted ? leftOut : []).map(({ reason, count }) => (
          <li key={reason} className="between">
            <span>{strings.reasons[reason] ?? reason}</span>
            <span className="num">{format.int(count)}</span>
          </li>
        ))}
      </ul>
    </Asked>
  );
}

/** Count whom its channels reach of those it is for; why not, where it has one channel alone. */
function reachOf(counted: Counted | undefined) {
  const customers = counted?.customers ?? 0;
  const planned = counted?.channels.filter((channel) => channel.planned) ?? [];
  const reached = Math.min(customers, planned.reduce((sum, channel) => sum + channel.reached, 0));
  return { customers, reached, leftOut: planned.length === 1 ? planned[0]!.left_out : [] };
}
