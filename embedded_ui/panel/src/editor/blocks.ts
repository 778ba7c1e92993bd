// A message's blocks as plain data, and what can be done to them: each edit gives a new list.
export type Align = "left" | "center";
export type Source = "cart" | "order" | "recommended" | "picked";
type Common = { id: string; when?: string | null };
export type Heading = Common & { kind: "heading"; text: string; align?: Align };
export type Text = Common & { kind: "text"; html: string; tone?: "normal" | "quiet"; align?: Align };
export type Picture = Common & {
  kind: "image";
  src: string;
  alt: string;
  href?: string | null;
  width?: number | null;
};
export type Button = Common & { kind: "button"; label: string; href: string; align?: Align };
export type Products = Common & { kind: "products"; of: Source; title?: string; products?: string[] };
export type Titled = Common & { kind: "reviews"; title?: string };
export type Spacer = Common & { kind: "spacer"; height?: number };
export type Columns = Common & { kind: "columns"; left: Block[]; right: Block[] };
export type Social = Common & { kind: "social"; lead?: string };
export type Footer = Common & { kind: "footer"; why?: string };
export type Html = Common & { kind: "html"; html: string };
export type Bare = Common & { kind: "header" | "product" | "code" | "divider" | "signature" | "tracking" };
export type Block =
  | Heading
  | Text
  | Picture
  | Button
  | Products
  | Titled
  | Spacer
  | Columns
  | Social
  | Footer
  | Html
  | Bare;
export type Kind = Block["kind"];

/** A template in the form of blocks. `text` null: the plain text is written from the blocks. */
/** The text behind the subject may be left out, as programs do. */
export type BlockTemplate = { subject: string; preview?: string; blocks: Block[]; text?: string | null };
/** A template as its author wrote it. */
export type CodeTemplate = { subject: string; preview?: string; mjml: string; text: string };
export type Template = BlockTemplate | CodeTemplate;

export type Side = "left" | "right";
/** Where a block stands or shall stand: in the message, or in one column of a block. */
export type Place = { column: { id: string; side: Side } | null; index: number };

/** What can be added, in the order in which it is offered. */
export const KINDS: Kind[] = [
  ...(["heading", "text", "button", "image", "products", "product", "reviews", "code"] as const),
  ...(["columns", "divider", "spacer", "social", "signature", "tracking", "header", "html"] as const),
];
const IN_COLUMNS: Kind[] = ["heading", "text", "image", "button", "divider", "spacer"];
/** Nobody needs two of these in a message. */
const ONCE: Kind[] = ["header", "footer"];
export const MOST_BLOCKS = 60;

export const isBlocks = (template: Template): template is BlockTemplate => "blocks" in template;

/** Nothing is written yet: the page asks what to start from. */
export const isBlank = (template: Template): boolean =>
  isBlocks(template) ? template.blocks.length === 0 : !template.mjml.trim();

/** Give every block with its place, those inside columns right after the block that holds them. */
export function allBlocks(blocks: Block[]): { block: Block; place: Place }[] {
  return blocks.flatMap((block, index) => [
    { block, place: { column: null, index } },
    ...(block.kind === "columns" ? (["left", "right"] as const).flatMap((side) => inside(block, side)) : []),
  ]);
}

const inside = (block: Columns, side: Side) =>
  block[side].map((one, index) => ({ block: one, place: { column: { id: block.id, side }, index } as Place }));

export const find = (blocks: Block[], id: string | null) => allBlocks(blocks).find((one) => one.block.id === id);

/** Tell whether a block of this kind may stand at a place: the header first, the footer last. */
export function mayStand(blocks: Block[], kind: Kind, place: Place): boolean {
  if (place.column) return IN_COLUMNS.includes(kind);
  if (kind === "footer") return place.index >= blocks.length;
  if (kind === "header") return place.index === 0;
  const hasHeader = blocks[0]?.kind === "header";
  const hasFooter = blocks.at(-1)?.kind === "footer";
  return place.index >= (hasHeader ? 1 : 0) && place.index <= blocks.length - (hasFooter ? 1 : 0);
}

/** Give what can be added to a message now, and where it would be if it were put at `place`. */
export function offered(blocks: Block[], place: Place): Kind[] {
  const all = allBlocks(blocks);
  if (all.length >= MOST_BLOCKS) return [];
  const there = new Set(all.map((one) => one.block.kind));
  return KINDS.filter(
    (kind) => !(ONCE.includes(kind) && there.has(kind)) && mayStand(blocks, kind, nearest(blocks, kind, place)),
  );
}

/** Give the allowed place that is nearest to the wanted one. */
export function nearest(blocks: Block[], kind: Kind, place: Place): Place {
  if (kind === "header") return { column: null, index: 0 };
  if (kind === "footer") return { column: null, index: blocks.length };
  if (place.column) return mayStand(blocks, kind, place) ? place : after(blocks, place.column.id);
  const first = blocks[0]?.kind === "header" ? 1 : 0;
  const last = blocks.length - (blocks.at(-1)?.kind === "footer" ? 1 : 0);
  return { column: null, index: Math.max(first, Math.min(place.index, last)) };
}

/** Give the place right after a block; after everything (but the footer) when there is no such block. */
export function after(blocks: Block[], id: string | null): Place {
  const place = find(blocks, id)?.place;
  return place ? { ...place, index: place.index + 1 } : { column: null, index: blocks.length };
}

export function insert(blocks: Block[], place: Place, block: Block): Block[] {
  return inList(blocks, place, (list, index) => [...list.slice(0, index), block, ...list.slice(index)]);
}

export function remove(blocks: Block[], id: string): Block[] {
  const place = find(blocks, id)?.place;
  return place ? inList(blocks, place, (list, index) => list.filter((_, each) => each !== index)) : blocks;
}

export function replace(blocks: Block[], block: Block): Block[] {
  const place = find(blocks, block.id)?.place;
  return place ? inList(blocks, place, (list, index) => list.with(index, block)) : blocks;
}

/** Move a block to a place that is counted as things stand now. */
export function move(blocks: Block[], id: string, to: Place): Block[] {
  const found = find(blocks, id);
  if (!found || !mayStand(blocks, found.block.kind, to) || to.column?.id === id) return blocks;
  const isSameList = sameList(found.place, to);
  const index = isSameList && found.place.index < to.index ? to.index - 1 : to.index;
  if (isSameList && index === found.place.index) return blocks;
  return insert(remove(blocks, id), { ...to, index }, found.block);
}

/** Move a block up or down; at the end of a column it leaves it, and it enters one that it meets. */
export function shift(blocks: Block[], id: string, by: -1 | 1): Block[] {
  const found = find(blocks, id);
  if (!found) return blocks;
  const { block, place } = found;
  for (const to of neighbours(blocks, place, by)) {
    const moved = mayStand(blocks, block.kind, to) ? move(blocks, id, to) : blocks;
    if (moved !== blocks) return moved;
  }
  return blocks;
}

function neighbours(blocks: Block[], { column, index }: Place, by: -1 | 1): Place[] {
  const next: Place = { column, index: by > 0 ? index + 2 : index - 1 };
  if (!column) {
    const met = blocks[index + by];
    const into: Place[] = met?.kind === "columns" ? [edgeOf(met, by)] : [];
    return next.index < 0 || next.index > blocks.length ? into : [...into, next];
  }
  const holder = find(blocks, column.id)!;
  const list = (holder.block as Columns)[column.side];
  if (next.index >= 0 && next.index <= list.length) return [next];
  const other: Side = column.side === "left" ? "right" : "left";
  const isAcross = (column.side === "left") === by > 0;
  const across = (holder.block as Columns)[other];
  if (isAcross) return [{ column: { id: column.id, side: other }, index: by > 0 ? 0 : across.length }];
  return [{ column: null, index: holder.place.index + (by > 0 ? 1 : 0) }];
}

const edgeOf = (block: Columns, by: -1 | 1): Place =>
  by > 0
    ? { column: { id: block.id, side: "left" }, index: 0 }
    : { column: { id: block.id, side: "right" }, index: block.right.length };

const sameList = (one: Place, other: Place) =>
  one.column?.id === other.column?.id && one.column?.side === other.column?.side;

function inList(blocks: Block[], { column, index }: Place, edit: (list: Block[], index: number) => Block[]): Block[] {
  if (!column) return edit(blocks, index);
  return blocks.map((block) =>
    block.id === column.id && block.kind === "columns"
      ? { ...block, [column.side]: edit(block[column.side], index) }
      : block,
  );
}

/** Copy a block and what is inside it, with ids of their own. */
export function copyOf(blocks: Block[], block: Block): Block {
  const taken = new Set(allBlocks(blocks).map((one) => one.block.id));
  const renamed = (one: Block): Block => {
    const id = freeId(taken, one.kind);
    taken.add(id);
    return one.kind === "columns"
      ? { ...one, id, left: one.left.map(renamed), right: one.right.map(renamed) }
      : { ...one, id };
  };
  return renamed(block);
}

export const newId = (blocks: Block[], kind: Kind) =>
  freeId(new Set(allBlocks(blocks).map((one) => one.block.id)), kind);

function freeId(taken: Set<string>, kind: Kind): string {
  let number = 1;
  while (taken.has(`${kind}-${number}`)) number += 1;
  return `${kind}-${number}`;
}
