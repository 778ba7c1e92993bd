// That a flow is drawn without gaps.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FlowDocument } from "./document";
import { layout, type Shown } from "./layout";

const SHOWN: Shown = {
  figuresOf: () => undefined,
  takenOf: () => undefined,
  entered: undefined,
  completed: undefined,
  issueOf: () => undefined,
  labelOf: (_, branch) => branch.key,
  folded: new Set(),
  marked: new Set(),
};
const FLOW: FlowDocument = {
  name: "Cart",
  trigger: { event: "cart.abandoned", idle: "PT1H" },
  exits: [],
  steps: [{ kind: "condition", id: "fork", condition: { op: "exists", field: "customer.email" }, yes: [], no: [] }],
};

test("a way goes on where it came in, at a point that cannot be seen", () => {
  const passed = layout(FLOW, SHOWN).nodes.filter(({ type }) => type === "pass");
  assert.equal(passed.length, 3); // of each empty branch, and where they meet again
  for (const { handles } of passed) {
    const [target, source] = handles!;
    assert.equal(source!.y + source!.height!, target!.y);
  }
});
