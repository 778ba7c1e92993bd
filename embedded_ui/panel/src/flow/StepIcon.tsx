// The picture on a step's tile, and its colour.
import {
  AtSign, Bell, Clock, FlaskConical, Gift, GitBranch, Headset, Hourglass, LogOut, Mail, MessageCircleQuestionMark, Play, Split, Square, Ticket, UserPen,
  Webhook, Zap,
} from "lucide-react";
import type { StepKind } from "../types";
import { CHANNEL_ICONS } from "../ui/badges";

const LOOKS: Record<StepKind | "trigger", [typeof Mail, string]> = {
  trigger: [Zap, "trigger"],
  delay: [Clock, "time"],
  condition: [GitBranch, "logic"],
  split: [FlaskConical, "logic"],
  message: [Mail, "email"],
  ask: [MessageCircleQuestionMark, "email"],
  collect: [AtSign, "email"],
  coupon: [Ticket, "coupon"],
  reward: [Gift, "coupon"],
  exit: [LogOut, "exit"],
  wait_for_event: [Hourglass, "time"],
  switch: [Split, "logic"],
  update_customer: [UserPen, "logic"],
  notify_staff: [Bell, "email"],
  hand_over: [Headset, "email"],
  call_webhook: [Webhook, "logic"],
  start_flow: [Play, "trigger"],
  stop_flow: [Square, "exit"],
};

const CHANNEL_TONES: Record<string, string> = { sms: "chat", whatsapp: "chat", webchat: "chat", messenger: "coupon", instagram: "coupon" };

/** `by`: the channel that a message goes by, the first of several. */
export function StepIcon({ kind, by }: { kind: StepKind | "trigger"; by?: string | undefined }) {
  const [Icon, tone] = kind === "message" && by ? lookOf(by) : LOOKS[kind];
  return (
    <span className="ic" style={{ background: `var(--c-${tone}-soft)`, color: `var(--c-${tone})` }}>
      <Icon size={16} aria-hidden />
    </span>
  );
}

const lookOf = (channel: string): [typeof Mail, string] => [CHANNEL_ICONS[channel] ?? Mail, CHANNEL_TONES[channel] ?? "email"];
