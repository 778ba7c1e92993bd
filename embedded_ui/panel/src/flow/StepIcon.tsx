// The picture on a step's tile, and its colour.
import { Clock, FlaskConical, GitBranch, LogOut, Mail, Ticket, Zap } from "lucide-react";
import type { StepKind } from "../types";

const LOOKS: Record<StepKind | "trigger", [typeof Mail, string]> = {
  trigger: [Zap, "trigger"],
  delay: [Clock, "time"],
  condition: [GitBranch, "logic"],
  split: [FlaskConical, "logic"],
  message: [Mail, "email"],
  coupon: [Ticket, "coupon"],
  exit: [LogOut, "exit"],
};

export function StepIcon({ kind }: { kind: StepKind | "trigger" }) {
  const [Icon, tone] = LOOKS[kind];
  return (
    <span className="ic" style={{ background: `var(--c-${tone}-soft)`, color: `var(--c-${tone})` }}>
      <Icon size={16} aria-hidden />
    </span>
  );
}
