// A flow as it is written (docs/flow.schema.json): nested lists of steps, and ways to look into them.
//
// Branches hold steps, and the list that holds a branching step goes on after it for everyone: so
// whatever is edited, nothing hangs loose and nothing runs in a circle.

export type Duration = string;
export type Value = string | number | boolean | null | (string | number | boolean | null)[];
export type Condition = {
  op: string;
  of?: Condition[];
  field?: string | null;
  value?: Value;
  events?: string | null;
  orders?: string | null;
  within?: Duration | null;
  where?: Record<string, unknown> | null;
  salt?: string | null;
};
export type ChatButton = { label: string; url?: string };
export type ChatWords = {
  text: string;
  buttons?: ChatButton[];
  cards?: "cart" | "recommended" | "picked" | "order" | null;
  products?: string[];
};
export type WhatsAppWords = { template?: string; language?: string; parameters?: Record<string, string> };
export type Template = {
  subject?: string;
  sms?: string;
  chat?: ChatWords | null;
  whatsapp?: WhatsAppWords | null;
  preview?: string;
  mjml?: string;
  text?: string | null;
  blocks?: { id: string; kind: string; [field: string]: unknown }[];
};

type Kept<K extends string> = { kind: K; id: string };
export type DelayStep = Kept<"delay"> & {
  duration?: Duration;
  since?: "previous" | "trigger";
  until?: string | null;
  weekdays?: number[];
  until_field?: string | null;
};
export type ConditionStep = Kept<"condition"> & { condition: Condition; yes?: Step[]; no?: Step[] };
export type Variant = { key: string; weight: number; steps?: Step[] };
export type Picking = { by: "clicks" | "orders" | "revenue"; after?: Duration; least?: number };
export type SplitStep = Kept<"split"> & { variants: Variant[]; winner?: Picking | null };
export type Case = { key: string; values: Value[]; steps?: Step[] };
export type SwitchStep = Kept<"switch"> & { field: string; cases: Case[]; otherwise?: Step[] };
export type WaitStep = Kept<"wait_for_event"> & {
  event: string;
  timeout: Duration;
  filter?: Condition | null;
  yes?: Step[];
  no?: Step[];
};
export type MessageStep = Kept<"message"> & {
  channel?: string;
  channels?: string[];
  template: Template;
  name?: string;
  message_kind?: "marketing" | "transactional";
  deadline?: Duration | null;
  coupon?: string | null;
  reward?: string | null;
};
type Question<K extends string> = Kept<K> & Omit<MessageStep, "kind"> & {
  timeout?: Duration;
  otherwise?: Step[];
  silent?: Step[];
};
export type Answer = { key: string; label: string; keywords?: string[]; steps?: Step[] };
export type AskStep = Question<"ask"> & { answers?: Answer[]; saves?: string | null };
export type CollectStep = Question<"collect"> & { contact?: "email" | "phone"; subscribes?: boolean; given?: Step[] };
export type CouponStep = Kept<"coupon"> & {
  valid_for: Duration;
  off?: "percent" | "amount" | "free_shipping";
  percent?: number | null;
  amount?: number | null;
  minimum?: number | null;
  prefix?: string;
  once_per?: Duration | null;
  skip_if_cart_has_code?: boolean;
  exclude_sale_items?: boolean;
  combinable?: boolean;
  for_customer?: boolean;
  pool?: boolean;
};
export type RewardStep = Kept<"reward"> & {
  amount: number;
  expires_after?: Duration | null;
  every?: number | null;
  orders?: number | null;
  or_code?: boolean;
  prefix?: string;
};
export type UpdateStep = Kept<"update_customer"> & {
  add_tags?: string[];
  remove_tags?: string[];
  properties?: Record<string, Value>;
  unsubscribe?: string[];
};
export type NotifyStep = Kept<"notify_staff" | "hand_over"> & { subject: string; text: string };
export type CallStep = Kept<"call_webhook"> & { url: string };
export type OtherFlowStep = Kept<"start_flow" | "stop_flow"> & { flow: string };
export type ExitStep = Kept<"exit">;
export type Step =
  | DelayStep | ConditionStep | SplitStep | SwitchStep | WaitStep | MessageStep | AskStep | CollectStep
  | CouponStep | RewardStep | UpdateStep | NotifyStep | CallStep | OtherFlowStep | ExitStep;
export type StepKind = Step["kind"];

export type Trigger = {
  event: string;
  idle?: Duration | null;
  filter?: Condition | null;
  reentry?: string;
  channel?: string | null;
  tag?: string | null;
  segment?: string | null;
  property?: string | null;
  days?: number;
  at?: string | null;
  yearly?: boolean;
  orders?: number | null;
  spent?: number | null;
  keywords?: string[];
  keyword_match?: "is" | "contains";
  kind?: string | null;
  referral?: string | null;
  name?: string | null;
  per_line?: boolean;
};
export type Exit = string | { event: string; filter?: Condition | null };
export type FlowDocument = {
  name: string;
  trigger: Trigger;
  steps: Step[];
  exits?: Exit[];
  filter?: Condition | null;
  /** What the team wrote beside steps, by their ids. */
  notes?: Record<string, string>;
  recipe?: string | null;
};

/** One way out of a branching step; `weight` is an A/B variant's. */
export type Branch = { key: string; steps: Step[]; weight?: number };

/** Where a step can go: before the `at`th of a list, which is the flow's own ("") or a branch's. */
export type Place = { list: string; at: number };

export const ROOT = "";
export const listOf = (stepId: string, branchKey: string) => `${stepId}:${branchKey}`;

/** Give the ways out of a step in their order; none for one that has no branches. */
export function branchesOf(step: Step): Branch[] {
  switch (step.kind) {
    case "condition":
    case "wait_for_event":
      return [
        { key: "yes", steps: step.yes ?? [] },
        { key: "no", steps: step.no ?? [] },
      ];
    case "split":
      return step.variants.map(({ key, weight, steps }) => ({ key, weight, steps: steps ?? [] }));
    case "switch":
      return [
        ...step.cases.map(({ key, steps }) => ({ key, steps: steps ?? [] })),
        { key: "otherwise", steps: step.otherwise ?? [] },
      ];
    case "ask":
      return [...(step.answers ?? []).map(({ key, steps }) => ({ key, steps: steps ?? [] })), ...unheard(step)];
    case "collect":
      return [{ key: "given", steps: step.given ?? [] }, ...unheard(step)];
    default:
      return [];
  }
}

const unheard = ({ otherwise, silent }: AskStep | CollectStep): Branch[] => [
  { key: "otherwise", steps: otherwise ?? [] },
  { key: "silent", steps: silent ?? [] },
];

const BRANCHING = new Set<StepKind>(["condition", "wait_for_event", "split", "switch", "ask", "collect"]);
export const branches = (step: Step) => BRANCHING.has(step.kind);
/** Ways that a question always has, after those of its answers. */
export const FIXED = new Set(["otherwise", "silent"]);

/** Give every step of some lists, a branching one before what is inside it. */
export function walk(steps: Step[]): Step[] {
  return steps.flatMap((step) => [step, ...branchesOf(step).flatMap((branch) => walk(branch.steps))]);
}

export const allSteps = (document: FlowDocument): Step[] => walk(document.steps);

export const find = (document: FlowDocument, id: string): Step | undefined =>
  allSteps(document).find((step) => step.id === id);

/** Give the steps of a list, or null if there is no such list. */
export function stepsAt(document: FlowDocument, list: string): Step[] | null {
  if (list === ROOT) return document.steps;
  const [id, key] = list.split(":") as [string, string];
  const step = find(document, id);
  return (step && branchesOf(step).find((branch) => branch.key === key)?.steps) ?? null;
}

/** Give where a step stands, or null if the flow has none of that id. */
export function placeOf(document: FlowDocument, id: string): Place | null {
  const within = (steps: Step[], list: string): Place | null => {
    const at = steps.findIndex((step) => step.id === id);
    if (at >= 0) return { list, at };
    for (const step of steps) {
      for (const branch of branchesOf(step)) {
        const found = within(branch.steps, listOf(step.id, branch.key));
        if (found) return found;
      }
    }
    return null;
  };
  return within(document.steps, ROOT);
}

/** Give the steps that contain a step, the outermost first. */
export function around(document: FlowDocument, id: string): Step[] {
  const outer: Step[] = [];
  let place = placeOf(document, id);
  while (place && place.list !== ROOT) {
    const parent = find(document, place.list.split(":")[0]!)!;
    outer.unshift(parent);
    place = placeOf(document, parent.id);
  }
  return outer;
}

/** Say whether nobody who walks these steps comes out at their end. */
export function endsAll(steps: Step[]): boolean {
  return steps.some(
    (step) =>
      step.kind === "exit" || (branches(step) && branchesOf(step).every((branch) => endsAll(branch.steps))),
  );
}

/** Give the ids of the steps that nobody can come to. */
export function unreached(steps: Step[]): string[] {
  const found: string[] = [];
  steps.forEach((step, at) => {
    if (endsAll(steps.slice(0, at))) found.push(step.id);
    else for (const branch of branchesOf(step)) found.push(...unreached(branch.steps));
  });
  return found;
}
