// A flow's draft (or a campaign) while its messages are written: history, autosave, other people's edits.
import { ApiError } from "../api";
import { isSame } from "../same";
import { type FlowDocument, type Step, walk } from "../builder/document";
import { replace } from "../builder/edits";
import { begin, commit, type History, redo, undo } from "../builder/history";
import type { Author } from "../types";
import type { Template } from "./blocks";
import type { Message } from "./calls";
import type { Shelf, Unkept } from "./shelf";

/** What holds the messages, as the server keeps it. */
export type Document = { name: string; steps: Step[]; trigger?: { event: string } };
export type Kept = {
  document: Document;
  revision: number | null;
  changed_at: string | null;
  changed_by: Author | null;
};
/** Where it is kept; `save` throws an `ApiError` of 409 when somebody else was quicker. */
export type Keeper = {
  load: () => Promise<Kept>;
  save: (document: Document, revision: number | null, isLast: boolean) => Promise<Kept>;
};

export type Status =
  | { kind: "kept"; at: number | null }
  | { kind: "changed" | "saving" | "offline" | "gone" }
  | { kind: "refused"; message: string; field?: string; remedy?: string }
  | { kind: "conflict"; theirs: Kept };
export type Snapshot = { kept: Kept; histories: Readonly<Record<string, History<Template>>>; status: Status };

const PAUSE = 800; // ms without a change before it is kept
const AGAIN = 5_000; // ms before another try
const ONE_EDIT = 1_500; // ms within which typing in one field is one thing to undo

export const messages = (document: Document): Message[] =>
  walk(document.steps).filter((step): step is Message & Step => step.kind === "message");

export const messageOf = (document: Document, id: string): Message | undefined =>
  messages(document).find((step) => step.id === id);

export class Draft {
  private snapshot: Snapshot;
  private listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private last = { field: "", at: 0 };
  /** What the server had from us at last, by step: anything else is still to be kept. */
  private sent: Record<string, Template> = {};
  /** What is on its way there, and may have arrived. */
  private sending: Record<string, Template> = {};

  constructor(
    private readonly keeper: Keeper,
    kept: Kept,
    private readonly shelf: Shelf = { read: () => ({}), write: () => undefined },
  ) {
    this.snapshot = { kept, histories: {}, status: { kind: "kept", at: null } };
  }

  /** Go on with what was written here the last time and did not reach the server; tells whether there is any. */
  resume(): boolean {
    const { kept } = this.snapshot;
    const there = (step: string) => messageOf(kept.document, step)?.template;
    const left = Object.entries(this.shelf.read()).filter(([step, { mine }]) => there(step) && !isSame(there(step), mine));
    const histories = Object.fromEntries(left.map(([step, { mine }]) => [step, commit(begin(there(step)!), mine)]));
    const isApart = left.every(([step, { bases }]) => bases.some((base) => isSame(base, there(step))));
    if (!left.length) this.shelf.write({});
    else this.set({ histories, status: isApart ? { kind: "changed" } : { kind: "conflict", theirs: kept } });
    if (left.length && isApart) this.later(0);
    return left.length > 0;
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };
  get = () => this.snapshot;

  /** Write a step's template anew; edits of one `field` in quick succession are undone together. */
  edit(step: string, template: Template, field = "") {
    const history = this.history(step);
    const isSame = field !== "" && field === this.last.field && Date.now() - this.last.at < ONE_EDIT;
    this.last = { field, at: Date.now() };
    this.put(step, isSame && history.past.length ? { ...history, now: template, next: [] } : commit(history, template));
  }

  undo(step: string) {
    this.last.field = "";
    this.put(step, undo(this.history(step)));
  }

  redo(step: string) {
    this.last.field = "";
    this.put(step, redo(this.history(step)));
  }

  /** Keep what is not kept yet, now; tells whether all is. */
  async flush(isLast = false): Promise<boolean> {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    if (this.isDirty() && this.snapshot.status.kind !== "conflict") await this.save(isLast);
    return !this.isDirty();
  }

  isDirty() {
    return Object.keys(this.unkept()).length > 0;
  }

  /** Settle a conflict: our words on their flow, or theirs. Either way undo brings the other back. */
  settle(isMine: boolean) {
    const { status, histories } = this.snapshot;
    if (status.kind !== "conflict") return;
    this.sent = {};
    const met = Object.entries(histories).map(([step, mine]) => {
      const theirs = commit(mine, messageOf(status.theirs.document, step)!.template);
      return [step, isMine ? commit(theirs, mine.now) : theirs] as const;
    });
    const kept = { kept: status.theirs, histories: Object.fromEntries(met) };
    this.set({ ...kept, status: isMine ? { kind: "changed" } : { kind: "kept", at: null } });
    this.shelf.write(this.unkept());
    if (isMine) void this.flush();
  }

  /** Stop waiting for a quiet moment: the page is being left. */
  close() {
    void this.flush(true);
  }

  private history(step: string): History<Template> {
    const { histories, kept } = this.snapshot;
    return histories[step] ?? begin(messageOf(kept.document, step)!.template);
  }

  /** What was written and is not known to be at the server. */
  private unkept(): Unkept {
    const { histories, kept } = this.snapshot;
    const unkept: Unkept = {};
    for (const [step, { now: mine }] of Object.entries(histories)) {
      const there = messageOf(kept.document, step)?.template;
      if (mine === (this.sent[step] ?? there)) continue;
      const bases = [there, this.sent[step], this.sending[step]];
      unkept[step] = { mine, bases: bases.filter((base) => base !== undefined) };
    }
    return unkept;
  }

  private put(step: string, history: History<Template>) {
    const { histories, status } = this.snapshot;
    this.set({
      histories: { ...histories, [step]: history },
      status: status.kind === "conflict" ? status : { kind: "changed" },
    });
    this.shelf.write(this.unkept());
    this.later(PAUSE);
  }

  private later(pause: number) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), pause);
  }

  private set(part: Partial<Snapshot>) {
    this.snapshot = { ...this.snapshot, ...part };
    for (const listener of this.listeners) listener();
  }

  private save(isLast: boolean): Promise<void> {
    this.running = this.saved(isLast).finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async saved(isLast: boolean) {
    const { kept, histories } = this.snapshot;
    const writing = Object.fromEntries(Object.entries(histories).map(([step, { now }]) => [step, now]));
    this.sending = writing;
    this.set({ status: { kind: "saving" } });
    try {
      const answer = await this.keeper.save(written(kept.document, writing), kept.revision, isLast);
      this.sent = writing;
      this.snapshot = { ...this.snapshot, kept: answer };
      this.settled();
    } catch (error) {
      await this.failed(error, writing);
    }
  }

  /** All is kept, or something was written while it was being kept. */
  private settled() {
    const isDirty = this.isDirty();
    this.shelf.write(this.unkept());
    this.set({ status: isDirty ? { kind: "changed" } : { kind: "kept", at: Date.now() } });
    if (isDirty) this.later(PAUSE);
  }

  private async failed(error: unknown, writing: Record<string, Template>) {
    if (error instanceof ApiError && error.status === 409 && this.snapshot.kept.revision !== null) {
      return this.meet(writing, error);
    }
    if (error instanceof ApiError && error.status === 404) return this.set({ status: { kind: "gone" } });
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) return this.refuse(error);
    this.set({ status: { kind: "offline" } });
    this.later(AGAIN);
  }

  private refuse({ message, field, problems }: ApiError) {
    this.set({ status: { kind: "refused", message, field, remedy: problems[0]?.remedy } });
  }

  /** Somebody else kept another draft: take it under our words unless they wrote the same message. */
  private async meet(writing: Record<string, Template>, error: ApiError) {
    let theirs: Kept;
    try {
      theirs = await this.keeper.load();
    } catch {
      this.set({ status: { kind: "offline" } });
      return this.later(AGAIN);
    }
    // Nobody wrote: it may not be written any more, as when a campaign has begun.
    if (theirs.revision === this.snapshot.kept.revision) return this.refuse(error);
    const steps = Object.keys(writing);
    if (steps.some((step) => !messageOf(theirs.document, step))) return this.set({ status: { kind: "gone" } });
    const isApart = steps.every((step) =>
      isSame(messageOf(theirs.document, step)?.template, messageOf(this.snapshot.kept.document, step)?.template),
    );
    const isOurs = steps.every((step) => isSame(messageOf(theirs.document, step)?.template, writing[step]));
    if (!isApart && !isOurs) return this.set({ status: { kind: "conflict", theirs } });
    this.sent = {};
    this.set({ kept: theirs, status: { kind: "changed" } });
    this.later(0);
  }
}

/** Give the document with these templates in its steps. */
const written = (document: Document, templates: Record<string, Template>): Document =>
  Object.entries(templates).reduce<Document>(
    (changed, [id, template]) => replace(changed as FlowDocument, id, (step) => ({ ...step, template }) as Step),
    document,
  );
