// What edits do to a flow, and that none of them leaves it in pieces.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addBranch, moveBranch, removeBranch, renameBranch, setWeight, swapBranches } from "./branches";
import { readClip, sizeOf, writeClip } from "./clip";
import { compare } from "./compare";
import {
  allSteps, around, branchesOf, find, type FlowDocument, listOf, placeOf, ROOT, type Step, stepsAt, unreached, walk,
} from "./document";
import { duplicate, fits, freshId, insert, isOpen, move, noted, outermost, packed, remove, replace, unwrap } from "./edits";
import { begin, commit, redo, undo } from "./history";

const wait = (id: string): Step => ({ kind: "delay", id, duration: "PT1H" });
const mail = (id: string, coupon?: string): Step => ({
  kind: "message",
  id,
  template: { subject: id, mjml: "<mjml/>", text: id },
  ...(coupon ? { coupon } : {}),
});
const yesNo = (id: string, yes: Step[], no: Step[]): Step => ({
  kind: "condition",
  id,
  condition: { op: "exists", field: "customer.email" },
  yes,
  no,
});
const FLOW: FlowDocument = {
  name: "Cart",
  trigger: { event: "cart.abandoned", idle: "PT1H" },
  exits: ["order.placed"],
  steps: [
    wait("w1"),
    yesNo("asked", [{ kind: "coupon", id: "code", percent: 10, valid_for: "P1D" }, mail("offer", "code")], [mail("plain")]),
    { kind: "split", id: "ab", variants: [{ key: "a", weight: 1, steps: [mail("m-a")] }, { key: "b", weight: 3 }] },
    wait("w2"),
  ],
};
const ids = (document: FlowDocument, list = ROOT) => stepsAt(document, list)!.map((step) => step.id);

test("a step goes into the flow's own list and into a branch", () => {
  assert.deepEqual(ids(insert(FLOW, { list: ROOT, at: 1 }, [wait("new")])), ["w1", "new", "asked", "ab", "w2"]);
  const inBranch = insert(FLOW, { list: listOf("ab", "b"), at: 0 }, [wait("new")]);
  assert.deepEqual(ids(inBranch, "ab:b"), ["new"]);
});

test("an edit keeps the objects of what it leaves alone", () => {
  const made = insert(FLOW, { list: listOf("ab", "b"), at: 0 }, [wait("new")]);
  assert.equal(made.steps[0], FLOW.steps[0]);
  assert.equal(made.steps[1], FLOW.steps[1]);
  assert.notEqual(made.steps[2], FLOW.steps[2]);
  assert.equal(remove(FLOW, ["nobody"]), FLOW);
  assert.equal(replace(FLOW, "w1", (step) => step), FLOW);
});

test("an id that is taken is made anew, and what refers to it follows", () => {
  const branch = stepsAt(FLOW, "asked:yes")!;
  const made = insert(FLOW, { list: ROOT, at: 4 }, branch);
  const [code, offer] = made.steps.slice(4);
  assert.notEqual(code!.id, "code");
  assert.equal(offer!.kind === "message" && offer!.coupon, code!.id);
  assert.equal(new Set(allSteps(made).map((step) => step.id)).size, allSteps(made).length);
});

test("a pasted message forgets a code that its new flow does not have", () => {
  const other: FlowDocument = { name: "Other", trigger: { event: "manual" }, steps: [] };
  const [pasted] = insert(other, { list: ROOT, at: 0 }, [mail("offer", "code")]).steps;
  assert.equal(pasted!.kind === "message" && pasted!.coupon, null);
});

test("what is removed goes with its branches, and nothing refers to it", () => {
  const without = remove(FLOW, ["code", "ab"]);
  assert.deepEqual(allSteps(without).map((step) => step.id), ["w1", "asked", "offer", "plain", "w2"]);
  const offer = find(without, "offer");
  assert.equal(offer?.kind === "message" && offer.coupon, null);
});

test("a branching step can go while one of its branches stays", () => {
  assert.deepEqual(ids(unwrap(FLOW, "asked", "yes")), ["w1", "code", "offer", "ab", "w2"]);
  const offer = find(unwrap(FLOW, "asked", "yes"), "offer");
  assert.equal(offer?.kind === "message" && offer.coupon, "code");
});

test("steps move together, in their order, and stay who they are", () => {
  const made = move(FLOW, ["w2", "w1"], { list: "ab:b", at: 0 });
  assert.deepEqual(ids(made), ["asked", "ab"]);
  assert.deepEqual(ids(made, "ab:b"), ["w1", "w2"]);
  assert.equal(find(made, "w1"), FLOW.steps[0]);
  assert.deepEqual(ids(move(FLOW, ["w1"], { list: ROOT, at: 3 })), ["asked", "ab", "w1", "w2"]);
});

test("a step cannot move into itself, and a move to where it is changes nothing", () => {
  assert.equal(move(FLOW, ["ab"], { list: "ab:a", at: 0 }), FLOW);
  assert.equal(move(FLOW, ["w1"], { list: ROOT, at: 0 }), FLOW);
  assert.equal(move(FLOW, ["w1"], { list: ROOT, at: 1 }), FLOW);
});

test("an exit fits only where it cuts nobody off", () => {
  const exit: Step = { kind: "exit", id: "out" };
  assert.ok(!fits(FLOW, { list: ROOT, at: 1 }, [exit]));
  assert.ok(!fits(FLOW, { list: "ab:a", at: 0 }, [exit]));
  assert.ok(fits(FLOW, { list: ROOT, at: 4 }, [exit]));
  assert.ok(fits(FLOW, { list: "ab:a", at: 1 }, [exit]));
  const oneOut = insert(FLOW, { list: "ab:a", at: 1 }, [exit]);
  assert.ok(!fits(oneOut, { list: "ab:b", at: 0 }, [{ ...exit, id: "also" }]), "w2 would stay behind");
  assert.deepEqual(unreached(insert(oneOut, { list: "ab:b", at: 0 }, [{ ...exit, id: "also" }]).steps), ["w2"]);
  assert.ok(!isOpen(stepsAt(oneOut, "ab:a")!, 2));
});

test("a copy stands right after what was copied, with ids of its own", () => {
  const made = duplicate(FLOW, ["asked"]);
  const [, first, second] = made.steps;
  assert.equal(second!.kind, "condition");
  assert.notEqual(second!.id, first!.id);
  const [code, offer] = branchesOf(second!)[0]!.steps;
  assert.equal(offer!.kind === "message" && offer!.coupon, code!.id);
});

test("of chosen steps those inside others go with them", () => {
  assert.deepEqual(outermost(FLOW, ["offer", "asked", "w2"]).map((step) => step.id), ["asked", "w2"]);
});

test("a place is found by its step, and what is around it by name", () => {
  assert.deepEqual(placeOf(FLOW, "offer"), { list: "asked:yes", at: 1 });
  assert.equal(placeOf(FLOW, "nobody"), null);
  assert.deepEqual(around(FLOW, "m-a").map((step) => step.id), ["ab"]);
});

test("variants come, go, change places, names and weights", () => {
  const three = addBranch(FLOW, "ab");
  assert.deepEqual(branchesOf(find(three, "ab")!).map(({ key, weight }) => [key, weight]), [["a", 1], ["b", 3], ["c", 2]]);
  assert.deepEqual(branchesOf(find(moveBranch(three, "ab", "c", -2), "ab")!).map(({ key }) => key), ["c", "a", "b"]);
  assert.deepEqual(branchesOf(find(removeBranch(three, "ab", "a"), "ab")!).map(({ key }) => key), ["b", "c"]);
  assert.equal(removeBranch(FLOW, "ab", "a"), FLOW, "two are the least");
  assert.equal(branchesOf(find(setWeight(FLOW, "ab", "b", 9), "ab")!)[1]!.weight, 9);
  assert.deepEqual(ids(renameBranch(FLOW, "ab", "a", "short"), "ab:short"), ["m-a"]);
  assert.equal(renameBranch(FLOW, "ab", "a", "b"), FLOW);
});

test("a new way of several has the next number, also beside those that were called cases", () => {
  const keysOf = (...keys: string[]) => {
    const step = { kind: "switch", id: "lands", field: "customer.country", cases: keys.map((key) => ({ key, values: [], steps: [] })), otherwise: [] };
    const more = addBranch({ ...FLOW, steps: [step] } as unknown as typeof FLOW, "lands");
    return branchesOf(find(more, "lands")!).map(({ key }) => key);
  };
  assert.deepEqual(keysOf("home"), ["home", "way-2", "otherwise"]);
  assert.deepEqual(keysOf("way-2", "case-3"), ["way-2", "case-3", "way-4", "otherwise"]);
  assert.deepEqual(keysOf("case-3"), ["case-3", "way-2", "otherwise"]);
});

test("the two ways of a question can change their steps", () => {
  assert.deepEqual(ids(swapBranches(FLOW, "asked"), "asked:yes"), ["plain"]);
});

test("the clipboard gives back what was put there, and nothing that is no step of ours", () => {
  assert.deepEqual(readClip(writeClip(FLOW.steps)), FLOW.steps);
  assert.equal(sizeOf(FLOW.steps), allSteps(FLOW).length);
  for (const text of ["", "hello", "{}", '{"reprise/steps":1,"steps":[]}', '{"reprise/steps":1,"steps":[{"kind":"constructor","id":"x"}]}',
    '{"reprise/steps":1,"steps":[{"kind":"split","id":"x","variants":[{"key":"a","weight":1,"steps":[3]}]}]}']) {
    assert.equal(readClip(text), null, text);
  }
});

test("two drafts are told apart step by step", () => {
  const changed = move(replace(remove(FLOW, ["plain"]), "w1", (step) => ({ ...step, duration: "PT2H" }) as Step), ["w2"], { list: ROOT, at: 1 });
  const theirs = { ...insert(changed, { list: "ab:b", at: 0 }, [wait("new")]), name: "Cart 2" };
  assert.deepEqual(
    compare(FLOW, theirs).map(({ what, id }) => [what, id]),
    [["changed", "name"], ["changed", "w1"], ["moved", "w2"], ["added", "new"], ["removed", "plain"]],
  );
  assert.deepEqual(compare(FLOW, { ...structuredClone(FLOW), filter: null }), []);
});

test("everything can be undone and done again, however much it was", () => {
  let history = begin(0);
  for (let count = 1; count <= 1000; count += 1) history = commit(history, count);
  for (let count = 0; count < 1000; count += 1) history = undo(history);
  assert.equal(undo(history).now, 0);
  assert.equal(redo(redo(history)).now, 2);
  assert.equal(redo(commit(redo(history), 7)).now, 7, "a new edit ends what was undone");
});

test("whatever is done at random, ids stay unique and no list holds a hole", () => {
  let seed = 7;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const pick = <T,>(from: T[]) => from[Math.floor(random() * from.length)]!;
  let flow = FLOW;
  for (let turn = 0; turn < 400; turn += 1) {
    const steps = allSteps(flow);
    const lists = [ROOT, ...steps.flatMap((step) => branchesOf(step).map(({ key }) => listOf(step.id, key)))];
    const list = pick(lists);
    const place = { list, at: Math.floor(random() * (stepsAt(flow, list)!.length + 1)) };
    const some = steps.filter(() => random() < 0.2).map((step) => step.id);
    const edits = [
      () => insert(flow, place, [yesNo(freshId("condition", random), [], [])]),
      () => insert(flow, place, [mail(freshId("message", random))]),
      () => move(flow, some, place),
      () => (steps.length > 40 ? remove(flow, some) : duplicate(flow, some.slice(0, 2))),
    ];
    flow = pick(edits)();
    const now = walk(flow.steps).map((step) => step.id);
    assert.equal(new Set(now).size, now.length);
    assert.ok(now.every((id) => placeOf(flow, id)));
  }
});

test("a copy of steps has their notes, in this flow and in another, and no step keeps one in itself", () => {
  const id = FLOW.steps[0]!.id;
  const told = noted(noted(FLOW, id, "Asked by Jo"), "trigger", "Since May");
  const twice = duplicate(told, [id]);
  const copy = twice.steps[1]!.id;
  assert.notEqual(copy, id);
  assert.deepEqual(twice.notes, { trigger: "Since May", [id]: "Asked by Jo", [copy]: "Asked by Jo" });
  const other = insert({ ...FLOW, steps: [] }, { list: ROOT, at: 0 }, readClip(writeClip(packed(told, FLOW.steps)))!);
  assert.equal(other.notes![other.steps[0]!.id], "Asked by Jo");
  assert.ok(!JSON.stringify(other.steps).includes('"note"'));
});

test("a note is written beside a step, told as a change, and taken away by leaving it empty", () => {
  const id = FLOW.steps[0]!.id;
  const told = noted(FLOW, id, " Asked by Jo ");
  assert.deepEqual(told.notes, { [id]: "Asked by Jo" });
  assert.deepEqual(compare(FLOW, told).map((one) => one.id), ["notes"]);
  assert.deepEqual(compare(FLOW, noted(told, id, "  ")), []);
});
