// The menus of a block's row: what can be added below it, and what can be done to it.
import { Menu } from "@base-ui/react/menu";
import { ArrowDown, ArrowUp, Copy, Ellipsis, Plus, Trash2 } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { type Block, type Kind, nearest, offered, type Place } from "./blocks";
import { useBlocks } from "./context";
import type { Edits } from "./edits";
import { KindIcon, kindName } from "./kinds";
import { words } from "./words";

type AddProps = { label: string; place: Place; add: (kind: Kind, place: Place) => void };

export function AddMenu({ label, place, add }: AddProps) {
  const { blocks } = useBlocks();
  const kinds = offered(blocks, place);
  // Only what really lands here: a column takes less than the message.
  const here = kinds.filter((kind) => nearest(blocks, kind, place).column?.id === place.column?.id);
  const isAdded = useRef(false);
  const pick = (kind: Kind) => {
    isAdded.current = true;
    add(kind, place);
  };
  return (
    <Menu.Root
      onOpenChange={(isOpen) => {
        if (isOpen) isAdded.current = false;
      }}
    >
      <Menu.Trigger className="rowbtn" aria-label={label} title={label}>
        <Plus size={14} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="over">
          <Menu.Popup className="mmenu tall" finalFocus={() => !isAdded.current}>
            {here.map((kind) => (
              <Menu.Item key={kind} className="mitem" onClick={() => pick(kind)}>
                <KindIcon kind={kind} />
                {kindName(kind)}
              </Menu.Item>
            ))}
            {kinds.length === 0 && <p className="hint">{words.full}</p>}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

export function RowMenu({ block, edits }: { block: Block; edits: Edits }) {
  if (block.kind === "footer") return null;
  const isFixed = block.kind === "header";
  return (
    <Menu.Root>
      <Menu.Trigger className="rowbtn" aria-label={words.more(kindName(block.kind))}>
        <Ellipsis size={14} aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="over">
          <Menu.Popup className="mmenu">
            {!isFixed && (
              <>
                <Item icon={<ArrowUp size={14} aria-hidden />} label={words.moveUp} act={() => edits.shift(block, -1)} />
                <Item icon={<ArrowDown size={14} aria-hidden />} label={words.moveDown} act={() => edits.shift(block, 1)} />
                <Item icon={<Copy size={14} aria-hidden />} label={words.duplicate} act={() => edits.duplicate(block)} />
              </>
            )}
            <Item icon={<Trash2 size={14} aria-hidden />} label={words.remove} act={() => edits.remove(block)} isBad />
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

type ItemProps = { icon: ReactNode; label: string; act: () => void; isBad?: boolean };

function Item({ icon, label, act, isBad = false }: ItemProps) {
  return (
    <Menu.Item className={isBad ? "mitem bad" : "mitem"} onClick={act}>
      {icon}
      {label}
    </Menu.Item>
  );
}
