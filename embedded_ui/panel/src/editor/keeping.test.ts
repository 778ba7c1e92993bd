// The draft under the editor: nothing that was written is lost, whoever else writes and whatever fails.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../api";
import type { BlockTemplate } from "./blocks";
import { type Document, Draft, type Kept, messageOf } from "./keeping";

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
    assert.equal(draft.get().histories.one?.now.subject, isMine ? "Mine" : undefined);
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
