// A message step: what it is called, by which channels, what it offers, and how late it may be.
import { PencilLine, Send } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api";
import { allSteps, type AskStep, type CollectStep, type CouponStep, type FlowDocument, type MessageStep, type RewardStep } from "../builder/document";
import { readable } from "../readable";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Settings } from "../types";
import { chatsOf } from "./chat";
import { ChatField } from "./ChatField";
import { shortOf } from "./deadline";
import { Cross, Choice, MaybeDuration, Select, TextField } from "./fields";
import type { FormProps } from "./form";
import { SmsField } from "./SmsField";
import { TestSheet } from "./TestSheet";
import { Add } from "./WayForms";
import { WhatsAppField } from "./WhatsAppField";
import { words } from "./words";

const said = words.message;
type Sent = MessageStep | AskStep | CollectStep;
export const channelsOf = (step: Sent) => (step.channels?.length ? step.channels : [step.channel ?? "email"]);
type Props = FormProps<MessageStep> & { isReadOnly: boolean; openMessage: (id: string) => void };

export function MessageForm({ step, document, set, isReadOnly, openMessage }: Props) {
  const [isTesting, test] = useState(false);
  const channels = channelsOf(step);
  const byMail = channels.includes("email");
  return (
    <>
      {byMail && <div className="subject" id="field-template" tabIndex={-1}>
        <span className="hint">{said.subject}</span>
        <b>{readable(step.template.subject ?? "") || said.noSubject}</b>
        <span className="inline">
          <button type="button" className="btn primary" onClick={() => openMessage(step.id)}>
            <PencilLine size={14} aria-hidden />
            {said.edit}
          </button>
          {channelsOf(step).includes("email") && (
            <button type="button" className="btn" onClick={() => test(true)}>
              <Send size={14} aria-hidden />
              {said.test}
            </button>
          )}
        </span>
      </div>}
      {channels.includes("sms") && <SmsField step={step} set={set} />}
      {chatsOf(channels).length > 0 && <ChatField template={step.template} channels={channels} keep={(template) => set({ template })} />}
      {channels.includes("whatsapp") && <WhatsAppField step={step} set={set} />}
      <TextField name="name" label={said.name} value={step.name ?? ""} keep={(name) => set({ name })} />
      <Channels step={step} set={set} isReadOnly={isReadOnly} />
      <KindChoice step={step} set={set} />
      <Offer step={step} document={document} set={set} />
      <MaybeDuration
        name="deadline"
        label={said.deadline}
        hint={<DeadlineHint step={step} />}
        usual="PT20H"
        value={step.deadline ?? null}
        keep={(deadline) => set({ deadline: deadline ?? undefined })}
      />
      {isTesting && <TestSheet template={step.template} about={aboutOf(step, document)} close={() => test(false)} />}
    </>
  );
}

/** After what, and with which gifts, the message of a step is read. */
const aboutOf = (step: MessageStep, document: FlowDocument) => ({
  trigger: document.trigger.event,
  kind: step.message_kind ?? "marketing",
  offers_code: Boolean(step.coupon),
  tells_reward: Boolean(step.reward),
});

/** What the pauses between two messages and the quiet hours make of a deadline that is shorter. */
function DeadlineHint({ step }: { step: MessageStep }) {
  const { format } = useStore();
  const { data } = useQuery({ queryKey: ["settings"], queryFn: () => api<Settings>("/settings"), staleTime: 60_000, enabled: Boolean(step.deadline) });
  return (
    <>
      {said.deadlineHint}
      {data && shortOf(step, channelsOf(step), data, format).map((one) => <span key={one} className="hint warn" role="status">{one}</span>)}
    </>
  );
}

type PartProps = { step: MessageStep; set: (part: Partial<MessageStep>) => void };
type SentProps = { step: Sent; set: (part: { channel?: string; channels?: string[]; message_kind?: MessageStep["message_kind"] }) => void };

export function KindChoice({ step, set }: SentProps) {
  const kinds = [["marketing", said.marketing], ["transactional", said.transactional]] as const;
  const kind = step.message_kind ?? "marketing";
  return (
    <Choice
      name="message_kind"
      label={said.kind}
      hint={kind === "marketing" ? said.marketingHint : said.transactionalHint}
      value={kind}
      options={kinds}
      keep={(next) => set({ message_kind: next as MessageStep["message_kind"] })}
    />
  );
}

/** By which channels, one after the other; `isAnswered`: only such as a customer can answer on. */
export function Channels({ step, set, isReadOnly, isAnswered = false }: SentProps & { isReadOnly: boolean; isAnswered?: boolean }) {
  const chosen = channelsOf(step);
  const all = Object.entries(strings.channels).filter(([channel]) => !isAnswered || channel !== "email");
  const free = all.filter(([channel]) => !chosen.includes(channel));
  const put = (channels: string[]) => set({ channel: channels[0], channels: channels.length > 1 ? channels : undefined });
  return (
    <>
      {chosen.map((channel, place) => (
        <div key={channel} className="maybe">
          <Select
            name={place ? `channels-${place + 1}` : "channel"}
            label={place ? said.then(place + 1) : said.channel}
            hint={place === 0 && chosen.length > 1 ? said.thenHint : undefined}
            value={channel}
            options={all.filter(([one]) => one === channel || !chosen.includes(one))}
            keep={(next) => put(chosen.map((one, at) => (at === place ? next : one)))}
          />
          {chosen.length > 1 && <Cross label={words.drop(strings.channels[channel] ?? channel)} act={() => put(chosen.filter((one) => one !== channel))} />}
        </div>
      ))}
      {free[0] && !isReadOnly && <Add label={said.addChannel} act={() => put([...chosen, free[0]![0]])} />}
    </>
  );
}

function Offer({ step, document, set }: PartProps & Pick<Props, "document">) {
  const all = allSteps(document);
  const before = all.slice(0, all.findIndex(({ id }) => id === step.id));
  const codes = before.filter((one): one is CouponStep => one.kind === "coupon");
  const rewards = before.filter((one): one is RewardStep => one.kind === "reward");
  const options = [
    ["", said.noOffer] as const,
    ...codes.map(({ id, percent, prefix }) => [`coupon:${id}`, said.code(percent ? `${percent} %` : (prefix ?? "BACK"))] as const),
    ...rewards.map(({ id, prefix }) => [`reward:${id}`, said.reward(prefix ?? strings.flow.kinds.reward!)] as const),
  ];
  const value = step.coupon ? `coupon:${step.coupon}` : step.reward ? `reward:${step.reward}` : "";
  const known = options.some(([one]) => one === value) ? options : [...options, [value, value.split(":")[1]!] as const];
  const keep = (next: string) => {
    const [kind, id = null] = next.split(/:(.*)/s);
    set({ coupon: kind === "coupon" ? id : null, reward: kind === "reward" ? id : null });
  };
  return (
    <Select
      name={step.reward ? "reward" : "coupon"}
      label={said.offers}
      hint={codes.length + rewards.length ? undefined : said.noGift}
      value={value}
      options={known}
      keep={keep}
    />
  );
}
