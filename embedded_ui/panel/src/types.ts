// What the panel's API tells, as `embedded_ui/schemas.py` and `customer_schemas.py` write it.
export type Import = { noun: string; state: string; done: number; total: number | null };
export type Task = { key: string; done: boolean };
export type Store = {
  id: string;
  name: string;
  domain: string;
  platform: string;
  status: string;
  currency: string;
  timezone: string;
  locale: string;
  country: string | null;
  installed_at: string;
  now: string;
  imports: Import[];
  setup: Task[];
};

export type Day = { date: string; amount: number; previous: number };
export type Revenue = {
  definition: string;
  total: number;
  previous: number;
  change: number | null;
  series: Day[];
};
export type Metric = {
  key: string;
  unit: "rate" | "money";
  value: number | null;
  previous: number | null;
  change: number | null;
  definition: string;
  series: (number | null)[];
};
export type FlowLine = {
  id: string;
  name: string;
  recipe: string | null;
  status: string;
  trigger: string;
  channels: string[];
  live_version: number | null;
  entered: number;
  waiting: number;
  sent: number;
  orders: number;
  revenue: number;
  updated_at: string;
  last_sent_at: string | null;
  about: About | null;
};
/** What a recipe is for; `ideas` are worth an A/B test. */
export type About = { category: string; summary: string; timing: string; needs: string | null; ideas: string[] };
export type FlowList = { days: number; flows: FlowLine[] };
export type NotWritten = {
  definition: string;
  carts: number;
  value: number;
  abandoned: number;
  reasons: { reason: string; carts: number; value: number }[];
};
export type Problem = { kind: string; count: number };
export type Dashboard = {
  days: number;
  currency: string;
  timezone: string;
  click_days: number;
  open_days: number;
  revenue: Revenue;
  metrics: Metric[];
  flows: FlowLine[];
  not_written: NotWritten;
  problems: Problem[];
};

export type Count = { reason: string; count: number };
export type Figures = {
  reached: number;
  waiting: number;
  sent: number;
  opened: number;
  clicked: number;
  unsubscribed: number;
  ordered: number;
  revenue: number;
  unsure: number;
  refused: Count[];
};
export type Condition = { op: string; field: string | null; value: unknown; of: Condition[] };
export type VariantFigures = {
  entered: number;
  sent: number;
  opened: number;
  clicked: number;
  orders: number;
  revenue: number;
  rate: number | null;
};
export type Branch = {
  key: string;
  weight: number | null;
  taken: number;
  figures?: VariantFigures;
  won?: boolean;
  steps: Step[];
};
export type StepKind = "delay" | "condition" | "split" | "message" | "coupon" | "reward" | "exit"
  | "wait_for_event" | "switch" | "update_customer" | "notify_staff" | "call_webhook"
  | "start_flow" | "stop_flow";
export type Step = {
  id: string;
  kind: StepKind;
  figures: Figures;
  seconds?: number;
  since?: string;
  until?: string | null;
  until_field?: string | null;
  weekdays?: number[];
  event?: string;
  field?: string;
  detail?: string;
  condition?: Condition;
  branches?: Branch[];
  name?: string;
  channel?: string;
  channels?: string[];
  subject?: string;
  offers_code?: boolean;
  off?: string;
  percent?: number | null;
  amount?: number | null;
  minimum?: number | null;
  valid_seconds?: number | null;
  every?: number | null;
  orders?: number | null;
  or_code?: boolean;
};
export type Trigger = {
  event: string;
  idle_seconds: number | null;
  reentry: string;
  filter: Condition | null;
};
export type Flow = {
  id: string;
  name: string;
  status: string;
  recipe: string | null;
  days: number;
  live_version: number | null;
  published_at: string | null;
  has_changes: boolean;
  about: About | null;
  trigger: Trigger;
  exits: string[];
  entered: number;
  waiting: number;
  left: Count[];
  revenue: number;
  steps: Step[];
  problems: { step: string; message: string }[];
};
export type FlowStatus = { id: string; status: string; live_version: number | null };

export type CustomerLine = {
  id: string;
  name: string;
  email: string | null;
  email_consent: string | null;
  orders: number;
  spent: number;
  last_order_at: string | null;
  created_at: string;
};
export type CustomerList = {
  customers: CustomerLine[];
  page: number;
  pages: number;
  total: number;
  more: boolean;
};
export type Consent = {
  channel: string;
  state: string | null;
  source: string | null;
  changed_at: string | null;
};
export type InFlow = {
  flow_id: string;
  flow_name: string;
  next: string | null;
  waiting_until: string | null;
  entered_at: string;
};
export type Customer = {
  id: string;
  name: string;
  email: string | null;
  phone: string | null;
  locale: string | null;
  country: string | null;
  tags: string[];
  consents: Consent[];
  orders: number;
  spent: number;
  average: number | null;
  first_order_at: string | null;
  last_order_at: string | null;
  created_at: string;
  flows: InFlow[];
};

export type Item = {
  title: string;
  variant_title: string | null;
  quantity: number;
  image_url: string | null;
};
export type EventEntry = {
  name: string;
  reason: string | null;
  flow_id: string | null;
  flow_name: string | null;
  channel: string | null;
  source: string | null;
};
export type CartEntry = {
  items: Item[];
  currency: string;
  total: number;
  counts: boolean;
  created_at: string;
  abandoned_at: string | null;
  completed_at: string | null;
  recovered_at: string | null;
};
export type OrderEntry = {
  name: string;
  items: Item[];
  currency: string;
  total: number;
  store_refunded: number;
  counts: boolean;
  cancelled_at: string | null;
  credited_by: string | null;
  message: string | null;
};
export type MessageEntry = {
  flow_id: string;
  flow_name: string;
  step_name: string;
  channel: string;
  state: string;
  subject: string | null;
  reason: string | null;
  detail: string | null;
  passed_over: { channel: string; reason: string }[];
  due_at: string;
  not_before: string;
  sent_at: string | null;
  delivered_at: string | null;
  opened_at: string | null;
  clicked_at: string | null;
  unsubscribed_at: string | null;
  offers_code: boolean | null;
  orders_credited: number;
};
export type RewardEntry = {
  flow_id: string;
  flow_name: string;
  state: string;
  amount: number;
  currency: string;
  expires_at: string | null;
  code: string | null;
  reason: string | null;
  error: string | null;
};
export type Entry = { id: string; at: string } & (
  | { kind: "event"; event: EventEntry }
  | { kind: "cart"; cart: CartEntry }
  | { kind: "order"; order: OrderEntry }
  | { kind: "message"; message: MessageEntry }
  | { kind: "reward"; reward: RewardEntry }
);
export type Timeline = { entries: Entry[]; before: string | null };

export type QuietHours = { start: string; end: string };
export type Settings = {
  audience: string;
  audience_by_country: { country: string; audience: string }[];
  click_days: number;
  open_days: number;
  email_cap_hours: number | null;
  email_quiet_hours: QuietHours | null;
  sender_name: string | null;
  sender_address: string | null;
  free_shipping_threshold: number | null;
  return_days: number | null;
  transit_days: number | null;
  price_drop_percent: number | null;
  code_budget_count: number | null;
  code_budget_cost: number | null;
  founder_name: string | null;
  brand_story: string | null;
  instagram_url: string | null;
  facebook_url: string | null;
  tiktok_url: string | null;
  youtube_url: string | null;
  pinterest_url: string | null;
  platform_mails: PlatformMails;
};

/** Which mails the platform sends by itself. */
export type PlatformMails = { abandoned_checkout: boolean; order_confirmation: boolean; shipping: boolean };

export type ApiKey = {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  created_at: string;
  last_used_at: string | null;
};

/** A key just made: `key` is told this once. */
export type NewApiKey = ApiKey & { key: string };

export type ApiKeys = { keys: ApiKey[]; scopes: string[] };
