// The draft under the editor: nothing that was written is lost, whoever else writes and whatever fails.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../api";
import type { BlockTemplate } from "./blocks";
import { type Document, Draft, type Kept, messageOf } from "./keeping";
import type { Unkept } from "./shelf";

const template = (subject: string): BlockTemplate => ({ subject, preview: "", blocks: [] });
const flow = (first: string, second: string): Document => ({
  name: "Cart",
  steps: [
    { kind: "message", id: "one", template: template(first) },
    {
      kind: "split",
      id: "test",
      variants: [{ key: "a", weight: 1, steps: [{ kind: "message", id: "two", template: template(second) }] }],
    },
  ],
});

/** A server that keeps one document and counts its revisions. */
class Server {
  revision = 1;
  fails: ApiError | null = null;
  saves = 0;
  constructor(public document: Document) {}
  kept = (): Kept => ({ document: this.document, revision: this.revision, changed_at: null, changed_by: { kind: "person", name: "Mara" } });
  load = async () => this.kept();
  save = async (document: Document, revision: number | null) => {
    this.saves += 1;
    if (this.fails) throw this.fails;
    if (revision !== this.revision) throw new ApiError(409, "Somebody was quicker.");
    this.other(JSON.parse(JSON.stringify(document)) as Document);
    return this.kept();
  };
  other(document: Document) {
    this.document = document;
    this.revision += 1;
  }
  subject = (step: string) => messageOf(this.document, step)?.template.subject;
}

function writing() {
  const server = new Server(flow("Hello", "Again"));
  return { server, draft: new Draft(server, server.kept()) };
}

test("what is written is kept in its step, also inside a split", async () => {
  const { server, draft } = writing();
  draft.edit("two", template("Now"));
  assert.equal(draft.get().status.kind, "changed");
  assert.equal(await draft.flush(), true);
  assert.deepEqual([server.subject("one"), server.subject("two")], ["Hello", "Now"]);
  assert.equal(draft.get().status.kind, "kept");
  await draft.flush();
  assert.equal(server.saves, 1);
});

test("typing in one field is undone at once, another field apart", async () => {
  const { draft } = writing();
  for (const subject of ["H", "He", "Hey"]) draft.edit("one", template(subject), "subject");
  draft.edit("one", { ...template("Hey"), preview: "p" }, "preview");
  const now = () => draft.get().histories.one?.now;
  draft.undo("one");
  assert.deepEqual(now(), template("Hey"));
  draft.undo("one");
  assert.equal(now()?.subject, "Hello");
  draft.redo("one");
  assert.equal(now()?.subject, "Hey");
  await draft.flush();
});

test("what was kept and then undone is kept again", async () => {
  const { server, draft } = writing();
  draft.edit("one", template("Hey"));
  await draft.flush();
  draft.undo("one");
  await draft.flush();
  assert.equal(server.subject("one"), "Hello");
});

test("what is written while the rest is being kept is not called kept", async () => {
  const { server, draft } = writing();
  draft.edit("one", template("Early"));
  const keeping = draft.flush();
  draft.edit("one", template("Late"));
  await keeping;
  assert.equal(draft.get().status.kind, "changed");
  assert.equal(await draft.flush(), true);
  assert.equal(server.subject("one"), "Late");
});

test("another message that somebody else wrote meanwhile stays", async () => {
  const { server, draft } = writing();
  server.other(flow("Hello", "Theirs"));
  draft.edit("one", template("Mine"));
  await draft.flush();
  await draft.flush();
  assert.deepEqual([server.subject("one"), server.subject("two")], ["Mine", "Theirs"]);
});

test("the same message of two people is asked about, and either can stay", async () => {
  for (const isMine of [true, false]) {
    const { server, draft } = writing();
    server.other(flow("Theirs", "Again"));
    draft.edit("one", template("Mine"));
    assert.equal(await draft.flush(), false);
    const { status } = draft.get();
    assert.equal(status.kind === "conflict" && status.theirs.changed_by?.name, "Mara");
    assert.equal(server.subject("one"), "Theirs");
    draft.settle(isMine);
    await draft.flush();
    assert.equal(server.subject("one"), isMine ? "Mine" : "Theirs");
    draft.undo("one");
    assert.equal(draft.get().histories.one?.now.subject, isMine ? "Theirs" : "Mine");
    await draft.flush();
  }
});

test("a connection that is gone loses nothing, a refusal is told", async () => {
  const { server, draft } = writing();
  server.fails = new ApiError(0, "");
  draft.edit("one", template("Mine"));
  assert.equal(await draft.flush(), false);
  assert.equal(draft.get().status.kind, "offline");
  const why = { field: "template.subject", message: "is too long", remedy: "Shorten it." };
  server.fails = new ApiError(422, "one: template.subject is too long", why.field, undefined, [why]);
  await draft.flush();
  assert.deepEqual(draft.get().status, {
    kind: "refused",
    message: "one: template.subject is too long",
    field: "template.subject",
    remedy: "Shorten it.",
  });
  server.fails = null;
  assert.equal(await draft.flush(), true);
  assert.equal(server.subject("one"), "Mine");
});

test("a message that was taken out of the flow is told", async () => {
  const { server, draft } = writing();
  server.other({ name: "Cart", steps: [] });
  draft.edit("one", template("Mine"));
  await draft.flush();
  assert.equal(draft.get().status.kind, "gone");
});

test("what may not be written any more is told once, not tried again and again", async () => {
  const { server, draft } = writing();
  server.fails = new ApiError(409, "This campaign is being sent already. Pause or cancel it instead.");
  draft.edit("one", template("Mine"));
  assert.equal(await draft.flush(), false);
  const { status } = draft.get();
  assert.equal(status.kind === "refused" && status.message, server.fails.message);
  await new Promise((done) => setTimeout(done, 50));
  assert.equal(server.saves, 1);
});

/** What this browser holds, as JSON has it. */
function shelf() {
  let held = "{}";
  return { read: () => JSON.parse(held) as Unkept, write: (unkept: Unkept) => (held = JSON.stringify(unkept)) };
}

test("what did not reach the server before the page was gone is there again the next time", async () => {
  const server = new Server(flow("Hello", "Again"));
  const held = shelf();
  const before = new Draft(server, server.kept(), held);
  server.fails = new ApiError(0, "");
  before.edit("one", template("Mine"));
  await before.flush();
  server.fails = null;
  const after = new Draft(server, server.kept(), held);
  assert.equal(after.resume(), true);
  assert.equal(await after.flush(), true);
  assert.equal(server.subject("one"), "Mine");
  assert.deepEqual(held.read(), {});
  after.undo("one");
  assert.equal(after.get().histories.one?.now.subject, "Hello");
  await after.flush();
  await before.flush();
});

test("what reached the server all the same is not brought back, and what somebody else wrote meanwhile is asked about", async () => {
  for (const [there, isBack, kind] of [
    ["Mine", false, "kept"],
    ["Theirs", true, "conflict"],
  ] as const) {
    const server = new Server(flow("Hello", "Again"));
    const held = shelf();
    held.write({ one: { mine: template("Mine"), bases: [template("Hello")] } });
    server.other(flow(there, "Again"));
    const draft = new Draft(server, server.kept(), held);
    assert.deepEqual([draft.resume(), draft.get().status.kind], [isBack, kind]);
    draft.settle(true);
    await draft.flush();
    assert.equal(server.subject("one"), "Mine");
    assert.deepEqual(held.read(), {});
  }
});
