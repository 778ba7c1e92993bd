// What edits do to the blocks of a message: the header stays first, the footer last, columns stay simple.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  after, allBlocks, type Block, copyOf, find, insert, type Kind, mayStand, move, nearest, newId, offered, type Place, remove,
  replace, shift,
} from "./blocks";

const text = (id: string): Block => ({ kind: "text", id, html: `<p>${id}</p>` });
const MESSAGE: Block[] = [
  { kind: "header", id: "header" },
  text("a"),
  { kind: "columns", id: "two", left: [text("l")], right: [text("r")] },
  text("b"),
  { kind: "footer", id: "footer", why: "" },
];
const order = (blocks: Block[]) => allBlocks(blocks).map((one) => one.block.id).join(" ");
const top = (index: number): Place => ({ column: null, index });
const inLeft = (index: number): Place => ({ column: { id: "two", side: "left" }, index });

test("blocks are listed with those inside columns", () => {
  assert.equal(order(MESSAGE), "header a two l r b footer");
  assert.deepEqual(find(MESSAGE, "r")?.place, { column: { id: "two", side: "right" }, index: 0 });
});

test("nothing stands above the header or below the footer", () => {
  assert.equal(mayStand(MESSAGE, "text", top(0)), false);
  assert.equal(mayStand(MESSAGE, "text", top(5)), false);
  assert.deepEqual(nearest(MESSAGE, "text", top(0)), top(1));
  assert.deepEqual(nearest(MESSAGE, "text", top(9)), top(4));
  assert.equal(order(move(MESSAGE, "b", top(0))), order(MESSAGE));
});

test("a column takes simple blocks, the others go below it", () => {
  assert.equal(mayStand(MESSAGE, "button", inLeft(0)), true);
  assert.equal(mayStand(MESSAGE, "products", inLeft(0)), false);
  assert.deepEqual(nearest(MESSAGE, "products", inLeft(0)), top(3));
});

test("what is moved down in its own list lands where the line was", () => {
  assert.equal(order(move(MESSAGE, "a", top(4))), "header two l r b a footer");
  assert.equal(order(move(MESSAGE, "b", top(1))), "header b a two l r footer");
  assert.equal(move(MESSAGE, "a", top(2)), MESSAGE);
});

test("a block goes into a column and comes out of it", () => {
  assert.equal(order(move(MESSAGE, "b", inLeft(1))), "header a two l b r footer");
  assert.equal(order(move(MESSAGE, "l", top(1))), "header l a two r b footer");
  assert.equal(move(MESSAGE, "two", inLeft(0)), MESSAGE);
});

test("keys walk a block through the whole message and back", () => {
  const seen = ["header a two l r b footer"];
  let blocks = MESSAGE;
  for (let step = 0; step < 6; step += 1) {
    blocks = shift(blocks, "a", 1);
    seen.push(order(blocks));
  }
  assert.deepEqual(seen.slice(1), [
    "header two a l r b footer",
    "header two l a r b footer",
    "header two l a r b footer",
    "header two l r a b footer",
    "header two l r a b footer",
    "header two l r b a footer",
  ]);
  for (let step = 0; step < 6; step += 1) blocks = shift(blocks, "a", -1);
  assert.equal(order(blocks), order(MESSAGE));
  assert.equal(shift(MESSAGE, "header", 1), MESSAGE);
});

test("an edit gives a new message and leaves the old one", () => {
  const changed = replace(MESSAGE, { kind: "text", id: "r", html: "<p>new</p>" });
  assert.deepEqual(find(changed, "r")?.block, { kind: "text", id: "r", html: "<p>new</p>" });
  assert.deepEqual(find(MESSAGE, "r")?.block, text("r"));
  assert.equal(order(remove(MESSAGE, "l")), "header a two r b footer");
  assert.equal(order(insert(MESSAGE, after(MESSAGE, "a"), text("c"))), "header a c two l r b footer");
});

test("a copy has ids of its own, inside columns too", () => {
  const copy = copyOf(MESSAGE, MESSAGE[2]!);
  const both = insert(MESSAGE, after(MESSAGE, "two"), copy);
  assert.equal(order(both), "header a two l r columns-1 text-1 text-2 b footer");
  assert.equal(newId(both, "text"), "text-3");
});

test("a second header is not offered, and nothing once a message is full", () => {
  const kinds = (blocks: Block[]): Kind[] => offered(blocks, top(2));
  assert.ok(!kinds(MESSAGE).includes("header"));
  assert.ok(kinds(MESSAGE.slice(1)).includes("header"));
  assert.deepEqual(kinds(Array.from({ length: 60 }, (_, at) => text(`t${at}`))), []);
});
