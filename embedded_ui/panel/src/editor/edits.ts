// What can be done to the blocks of the message: each says what it did, and keeps the focus where it was.
import { after, allBlocks, type Block, copyOf, find, insert, type Kind, move, nearest, type Place, remove, shift } from "./blocks";
import { useBlocks } from "./context";
import { fresh, kindName } from "./kinds";
import { words } from "./words";

export const rowId = (block: string) => `row-${block}`;
const HOME = "https://";

export function useEdits(removed: (what: string) => void) {
  const { blocks, put, say, choose, chosen, tags } = useBlocks();
  const destination = tags?.destinations[0]?.href ?? HOME;
  return {
    /** Put a new block at a place, or below the chosen one; it is chosen then. */
    add(kind: Kind, place: Place = after(blocks, chosen)) {
      const block = fresh(blocks, kind, destination);
      put(insert(blocks, nearest(blocks, kind, place), block));
      choose(block.id);
      say(words.said.added(kindName(kind)));
      focusForm(block.id);
    },
    moveTo(block: Block, place: Place) {
      told(block, move(blocks, block.id, place));
    },
    shift(block: Block, by: -1 | 1) {
      told(block, shift(blocks, block.id, by));
      focusRow(block.id);
    },
    duplicate(block: Block) {
      if (block.kind === "header" || block.kind === "footer") return;
      const copy = copyOf(blocks, block);
      put(insert(blocks, after(blocks, block.id), copy));
      choose(copy.id);
      focusRow(copy.id);
      say(words.said.duplicated(kindName(block.kind)));
    },
    remove(block: Block) {
      if (block.kind === "footer") return say(words.about.footer);
      const all = allBlocks(blocks).map((one) => one.block.id);
      const left = remove(blocks, block.id);
      const at = all.indexOf(block.id);
      const next = all.slice(at + 1).find((id) => find(left, id)) ?? all.slice(0, at).at(-1);
      put(left);
      choose(null);
      if (next) focusRow(next);
      removed(kindName(block.kind));
    },
  };

  function told(block: Block, moved: Block[]) {
    const name = kindName(block.kind);
    if (moved === blocks) return say(words.said.stays(name));
    put(moved);
    const all = allBlocks(moved);
    const place = all.findIndex((one) => one.block.id === block.id) + 1;
    say(words.said.moved(name, String(place), String(all.length)));
  }
}
export type Edits = ReturnType<typeof useEdits>;

/** Whoever has added a block goes on in its form; where it has none, in its row. */
function focusForm(id: string) {
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLElement>(".mform :is(input, select, textarea, [contenteditable])");
    (field ?? document.getElementById(rowId(id)))?.focus();
  });
}

function focusRow(id: string) {
  requestAnimationFrame(() => document.getElementById(rowId(id))?.focus());
}
