// The kinds of steps that can be added, by what they are for, and what each is like when it is new.
import type { Step, StepKind } from "./document";
import { freshId } from "./edits";
import { words } from "./words";

export type Group = keyof typeof words.groups;

export const GROUPS: [Group, StepKind[]][] = [
  ["messages", ["message", "ask", "collect"]],
  ["timing", ["delay", "wait_for_event"]],
  ["logic", ["condition", "switch", "split", "exit"]],
  ["offers", ["coupon", "reward"]],
  ["actions", ["update_customer", "notify_staff", "hand_over", "call_webhook", "start_flow", "stop_flow"]],
];

/** Say whether the store's platform has nothing that such a step could give. */
export const isLacking = (kind: StepKind, store: { has_credit: boolean }) => kind === "reward" && !store.has_credit;

/** Give a new step of a kind: complete where a usual choice exists, open where only the merchant knows. */
export function newStep(kind: StepKind): Step {
  return { kind, id: freshId(kind), ...FRESH[kind]() } as Step;
}

const BLANK = [
  { id: "header", kind: "header" },
  { id: "text", kind: "text", html: "" },
  { id: "footer", kind: "footer" },
];

const ASKED = {
  name: "", channel: "messenger", message_kind: "transactional", timeout: "P1D", template: { chat: { text: "" } },
  otherwise: [], silent: [],
};

const FRESH: Record<StepKind, () => object> = {
  message: () => ({ name: "", channel: "email", template: { subject: "", preview: "", blocks: BLANK } }),
  ask: () => ({
    ...ASKED,
    answers: words.usualAnswers.map((label, at) => ({ key: `answer-${at + 1}`, label, steps: [] })),
  }),
  collect: () => ({ ...ASKED, contact: "email", subscribes: true, given: [] }),
  delay: () => ({ duration: "P1D", since: "previous" }),
  wait_for_event: () => ({ event: "message.clicked", timeout: "P3D", yes: [], no: [] }),
  condition: () => ({ condition: { op: "all", of: [] }, yes: [], no: [] }),
  switch: () => ({ field: "customer.country", cases: [{ key: "way-1", values: [], steps: [] }], otherwise: [] }),
  split: () => ({ variants: [{ key: "a", weight: 50, steps: [] }, { key: "b", weight: 50, steps: [] }] }),
  coupon: () => ({ off: "percent", percent: 10, valid_for: "P7D" }),
  reward: () => ({ amount: 500, or_code: true }),
  update_customer: () => ({ add_tags: [], remove_tags: [], properties: {} }),
  notify_staff: () => ({ subject: words.staffSubject, text: "" }),
  hand_over: () => ({ subject: words.handOverSubject, text: "" }),
  call_webhook: () => ({ url: "" }),
  start_flow: () => ({ flow: "" }),
  stop_flow: () => ({ flow: "" }),
  exit: () => ({}),
};
