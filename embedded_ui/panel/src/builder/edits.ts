// What can be done to a flow document. Each edit gives a new one; what did not change is shared.
import {
  allSteps, branches, branchesOf, endsAll, find, FIXED, type FlowDocument, listOf, type Place, placeOf, ROOT, type Step,
  unreached, walk,
} from "./document";

/** Put other steps into each list that `change` gives new ones for; lists left as they are stay the same objects. */
function mapLists(steps: Step[], change: (steps: Step[], list: string) => Step[], list = ROOT): Step[] {
  const inside = steps.map((step) => (branches(step) ? mapBranches(step, change) : step));
  const same = inside.every((step, at) => step === steps[at]);
  return change(same ? steps : inside, list);
}

function mapBranches(step: Step, change: (steps: Step[], list: string) => Step[]): Step {
  let changed = step;
  for (const { key, steps } of branchesOf(step)) {
    const made = mapLists(steps, change, listOf(step.id, key));
    if (made !== steps) changed = withBranch(changed, key, made);
  }
  return changed;
}

/** Give a branching step with other steps in one of its branches. */
export function withBranch(step: Step, key: string, steps: Step[]): Step {
  const arm = <T extends { key: string }>(arms: T[]) => arms.map((one) => (one.key === key ? { ...one, steps } : one));
  if (step.kind === "split") return { ...step, variants: arm(step.variants) };
  if (step.kind === "switch") {
    return key === "otherwise" ? { ...step, otherwise: steps } : { ...step, cases: arm(step.cases) };
  }
  if (step.kind === "ask" && !FIXED.has(key)) return { ...step, answers: arm(step.answers ?? []) };
  return branches(step) ? ({ ...step, [key]: steps } as Step) : step;
}

const withSteps = (document: FlowDocument, steps: Step[]): FlowDocument =>
  steps === document.steps ? document : { ...document, steps };

/** Give an id for a new step: never one that was used before, so that figures and people stay with theirs. */
export function freshId(kind: string, random: () => number = Math.random): string {
  const tail = Array.from({ length: 6 }, () => Math.floor(random() * 36).toString(36)).join("");
  return `${kind.replaceAll("_", "-")}-${tail}`;
}

/** Put steps at a place. An id that the flow has already is replaced, and who refers to it follows. */
export function insert(document: FlowDocument, place: Place, steps: Step[]): FlowDocument {
  const own = renamed(document, steps);
  const made = mapLists(document.steps, (old, list) =>
    list === place.list ? [...old.slice(0, place.at), ...own, ...old.slice(place.at)] : old,
  );
  return unpacked(withSteps(document, made));
}

type Noted = Step & { note?: unknown };

/** Give steps that carry their notes, so that a copy of them has these too; `insert` writes them beside the copies. */
export function packed(document: FlowDocument, steps: Step[]): Step[] {
  const notes = document.notes ?? {};
  return mapSteps(steps, (step) => (notes[step.id] ? { ...step, note: notes[step.id] } : step));
}

function unpacked(document: FlowDocument): FlowDocument {
  const found: Record<string, string> = {};
  const steps = mapSteps(document.steps, (step) => {
    if (!("note" in step)) return step;
    const { note, ...own } = step as Noted;
    if (typeof note === "string") found[step.id] = note;
    return own as Step;
  });
  return Object.keys(found).length ? { ...document, steps, notes: { ...document.notes, ...found } } : withSteps(document, steps);
}

/** Give steps with ids that a flow doesn't have, referring to each other, or to what the flow has. */
export function renamed(document: FlowDocument, steps: Step[]): Step[] {
  const taken = new Set(allSteps(document).map((step) => step.id));
  const names = new Map<string, string>();
  for (const { id, kind } of walk(steps)) {
    const name = taken.has(id) ? freshId(kind) : id;
    names.set(id, name);
    taken.add(name);
  }
  const known = (id: string | null | undefined) => (id ? (names.get(id) ?? (taken.has(id) ? id : null)) : id);
  const rename = (step: Step): Step => {
    let made: Step = { ...step, id: names.get(step.id)! };
    if (made.kind === "message") made = { ...made, ...referring(made, known) };
    for (const { key, steps: inside } of branchesOf(step)) made = withBranch(made, key, inside.map(rename));
    return made;
  };
  return steps.map(rename);
}

type Refers = { coupon?: string | null; reward?: string | null };

function referring(step: Refers, known: (id: string | null | undefined) => string | null | undefined): Refers {
  const told: Refers = {};
  if (step.coupon !== undefined) told.coupon = known(step.coupon) ?? null;
  if (step.reward !== undefined) told.reward = known(step.reward) ?? null;
  return told;
}

/** Take steps out, with all that is inside them; no message refers to them any more. */
export function remove(document: FlowDocument, ids: readonly string[]): FlowDocument {
  const gone = new Set(ids);
  const left = mapLists(document.steps, (steps) => kept(steps, (step) => !gone.has(step.id)));
  const there = new Set(walk(left).map((step) => step.id));
  const known = (id: string | null | undefined) => (id && there.has(id) ? id : null);
  return withSteps(document, mapSteps(left, (step) => (refersTo(step, there) ? step : { ...step, ...referring(step as Refers, known) })));
}

const refersTo = (step: Step, there: Set<string>) =>
  step.kind !== "message" || ((!step.coupon || there.has(step.coupon)) && (!step.reward || there.has(step.reward)));

const kept = (steps: Step[], test: (step: Step) => boolean) => (steps.every(test) ? steps : steps.filter(test));

const mapSteps = (steps: Step[], change: (step: Step) => Step): Step[] =>
  mapLists(steps, (list) => {
    const made = list.map(change);
    return made.every((step, at) => step === list[at]) ? list : made;
  });

/** Take out a branching step alone: what one of its branches holds takes its place. */
export function unwrap(document: FlowDocument, id: string, key: string): FlowDocument {
  const step = find(document, id);
  const place = placeOf(document, id);
  if (!step || !place) return document;
  const inside = branchesOf(step).find((branch) => branch.key === key)?.steps ?? [];
  return insert(remove(document, [id]), place, inside);
}

/** Give those of some steps that stand in no other of them, in the order of the flow. */
export function outermost(document: FlowDocument, ids: readonly string[]): Step[] {
  const wanted = new Set(ids);
  const within = (steps: Step[]): Step[] =>
    steps.flatMap((step) =>
      wanted.has(step.id) ? [step] : branchesOf(step).flatMap((branch) => within(branch.steps)),
    );
  return within(document.steps);
}

/** Say whether steps can stand at a place: not inside themselves, and so that nobody is cut off. */
export function fits(document: FlowDocument, place: Place, steps: Step[], moved: readonly string[] = []): boolean {
  const inside = new Set(walk(outermost(document, moved)).map((step) => step.id));
  if (inside.has(place.list.split(":")[0]!)) return false;
  const made = moved.length ? moving(document, moved, place) : insert(document, place, steps);
  return made !== document && unreached(made.steps).length <= unreached(document.steps).length;
}

/** Say whether something can be put at the end of a list: its last step lets people through. */
export const isOpen = (steps: Step[], at: number) => !endsAll(steps.slice(0, at));

/** Put steps elsewhere, as they are and in their order; where that can't be, nothing changes. */
export function move(document: FlowDocument, ids: readonly string[], place: Place): FlowDocument {
  return fits(document, place, [], ids) ? moving(document, ids, place) : document;
}

function moving(document: FlowDocument, ids: readonly string[], place: Place): FlowDocument {
  const steps = outermost(document, ids);
  const own = new Set(steps.map((step) => step.id));
  const inside = new Set(walk(steps).map((step) => step.id));
  if (!steps.length || inside.has(place.list.split(":")[0]!)) return document;
  let changed = false;
  const made = mapLists(document.steps, (old, list) => {
    const before = old.slice(0, place.at).filter((step) => !own.has(step.id));
    const after = old.slice(place.at).filter((step) => !own.has(step.id));
    const next = list === place.list ? [...before, ...steps, ...after] : [...before, ...after];
    if (next.length === old.length && next.every((step, at) => step.id === old[at]!.id)) return old;
    changed = true;
    return next;
  });
  return changed ? withSteps(document, made) : document;
}

/** Put a copy of steps right after the last of them. */
export function duplicate(document: FlowDocument, ids: readonly string[]): FlowDocument {
  const steps = outermost(document, ids);
  const last = steps.at(-1);
  const place = last && placeOf(document, last.id);
  if (!place) return document;
  const after = { list: place.list, at: place.at + 1 };
  return fits(document, after, steps) ? insert(document, after, packed(document, steps)) : document;
}

/** Change one step; its id and kind stay. */
export function replace(document: FlowDocument, id: string, change: (step: Step) => Step): FlowDocument {
  return withSteps(document, mapSteps(document.steps, (step) => (step.id === id ? change(step) : step)));
}

/** Write a note beside a step or the trigger; without words it is taken away. */
export function noted(document: FlowDocument, id: string, text: string): FlowDocument {
  const others = Object.entries(document.notes ?? {}).filter(([step]) => step !== id);
  const note = text.trim();
  return { ...document, notes: Object.fromEntries(note ? [...others, [id, note]] : others) };
}
