// A step on the canvas: what it is, what it does, and what happened at it.
import { ChevronsUpDown, CircleAlert, Ellipsis, MailOpen, Send, StickyNote } from "lucide-react";
import { memo, type PointerEvent, type ReactNode, useContext } from "react";
import { StepIcon } from "../flow/StepIcon";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Figures } from "../types";
import { isCoarse, useCanvas } from "./canvas";
import type { Step, Trigger } from "./document";
import { FactsContext } from "./Facts";
import { type CardData, type FoldNode, TRIGGER } from "./layout";
import { channelOf, lineOf, titleOf, triggerLine, triggerTitle } from "./telling";
import { words } from "./words";

const said = strings.flow;

const LONG = 26; // characters: more would be cut at the end of one line

export const Card = memo(function Card({ id, data, selected }: { id: string; data: CardData; selected?: boolean }) {
  const { trigger, isReadOnly, deeds } = useCanvas();
  const { step } = data;
  const title = step ? titleOf(step) : triggerTitle(trigger);
  const look = ["step", !isCoarse && "nopan", selected && "sel", data.isMarked && "marked", data.issue && "wrong"].filter(Boolean).join(" ");
  const lift = (event: PointerEvent) => {
    if (step && !isReadOnly && !(event.target as Element).closest("button")) deeds.liftSteps([id], event);
  };
  return (
    <div className={look} data-step={id} onPointerDown={lift}>
      <div className={title.length > LONG ? "sh long" : "sh"}>
        <StepIcon kind={step?.kind ?? TRIGGER} by={channelOf(step)} />
        <div>
          <b>{title}</b>
          {step ? <Line step={step} /> : <TriggerLine trigger={trigger} />}
        </div>
        {data.note && (
          <span className="noted" title={data.note}>
            <StickyNote size={14} aria-hidden />
            <span className="vh">{words.noted(data.note)}</span>
          </span>
        )}
        {step && !isReadOnly && (
          <button
            type="button"
            className="more nopan"
            aria-label={words.menuOf(title)}
            aria-haspopup="menu"
            onClick={(event) => {
              event.stopPropagation();
              deeds.openStep(id, event.currentTarget);
            }}
          >
            <Ellipsis size={16} aria-hidden />
          </button>
        )}
      </div>
      <Foot data={data} />
    </div>
  );
});

function TriggerLine({ trigger }: { trigger: Trigger }) {
  const told = triggerLine(trigger, useStore().format);
  return <span title={told}>{told}</span>;
}

/** Apart from the card, so that a card stays as it is when the words for conditions come. */
function Line({ step }: { step: Step }) {
  const { trigger, names } = useCanvas();
  const { format } = useStore();
  const told = lineOf(step, trigger, format, { flows: names, facts: useContext(FactsContext) });
  return <span title={told}>{told}</span>;
}

function Foot({ data }: { data: CardData }) {
  const { format } = useStore();
  const { step, figures, issue, isNew, entered } = data;
  if (issue) {
    return (
      <div className="sf issue">
        <CircleAlert size={13} aria-hidden />
        <span title={issue}>{issue}</span>
      </div>
    );
  }
  if (!step) return entered === undefined ? null : <div className="sf num">{said.entered(format.int(entered))}</div>;
  if (isNew) return <div className="sf">{words.notLive}</div>;
  return figures ? <div className="sf num"><Happened figures={figures} isMessage={step.kind === "message"} /></div> : null;
}

function Happened({ figures, isMessage }: { figures: Figures; isMessage: boolean }) {
  const { format } = useStore();
  if (isMessage) {
    return (
      <>
        {figures.cost > 0 ? <Short figures={figures} /> : <Told figures={figures} />}
        <b>{format.roundMoney(figures.revenue)}</b>
      </>
    );
  }
  return (
    <>
      {figures.waiting > 0 && (
        <span className="live">
          <i />
          {said.waiting(format.int(figures.waiting))}
        </span>
      )}
      <span>{said.reached(format.int(figures.reached))}</span>
      {figures.cost > 0 && <Spent cost={figures.cost} />}
    </>
  );
}

function Told({ figures: { sent, opened } }: { figures: Figures }) {
  const { format } = useStore();
  return (
    <>
      <span>{said.sent(format.int(sent))}</span>
      {sent > 0 && <span>{said.opened(format.percent(opened / sent))}</span>}
    </>
  );
}

/** With what it cost beside it, signs stand for the words: a card has no room for all of them. */
function Short({ figures: { sent, opened, cost } }: { figures: Figures }) {
  const { format } = useStore();
  const rate = sent > 0 ? format.percent(opened / sent) : "";
  return (
    <>
      <Sign icon={<Send size={12} aria-hidden />} told={said.sent(format.int(sent))} shown={format.int(sent)} />
      {rate && <Sign icon={<MailOpen size={12} aria-hidden />} told={said.opened(rate)} shown={rate} />}
      <Spent cost={cost} />
    </>
  );
}

function Sign({ icon, told, shown }: { icon: ReactNode; told: string; shown: string }) {
  return (
    <span className="sign" title={told}>
      {icon}
      <span className="vh">{told}</span>
      <span aria-hidden>{shown}</span>
    </span>
  );
}

function Spent({ cost }: { cost: number }) {
  const { format } = useStore();
  return (
    <span className="spent" title={said.spent(format.money(cost))}>
      <span className="vh">{said.spent(format.money(cost))}</span>
      <span aria-hidden>{format.roundMoney(-cost)}</span>
    </span>
  );
}

/** A branch that is folded away: how much it holds, and a button to see it. */
export const Fold = memo(function Fold({ data }: Pick<FoldNode, "data">) {
  const { deeds } = useCanvas();
  const { format } = useStore();
  return (
    <div className="foldnode">
      <button type="button" className="nopan" data-fold={data.list} onClick={() => deeds.unfold(data.list)}>
        <ChevronsUpDown size={14} aria-hidden />
        {words.folded(data.count)}
        {data.waiting > 0 && <span className="live num">{said.waiting(format.int(data.waiting))}</span>}
      </button>
    </div>
  );
});

export const End = () => <div className="end">{said.kinds.end}</div>;
export const Pass = () => <div className="pass" />;
