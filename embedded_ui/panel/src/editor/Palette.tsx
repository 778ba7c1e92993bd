// What a message can be made of: dragged into the list, or put below the chosen block by a click.
import type { PointerEvent } from "react";
import { after, type Kind, offered } from "./blocks";
import { useBlocks } from "./context";
import type { Dragged } from "./drag";
import { KindIcon, kindName } from "./kinds";
import { words } from "./words";

type Props = { add: (kind: Kind) => void; grip: (what: Dragged) => (event: PointerEvent) => void };

export function Palette({ add, grip }: Props) {
  const { blocks, chosen } = useBlocks();
  const kinds = offered(blocks, { ...after(blocks, chosen), column: null });
  return (
    <section className="palette" aria-labelledby="palette-title">
      <h2 id="palette-title">{words.palette}</h2>
      <p className="sub small">{kinds.length ? words.paletteHint : words.full}</p>
      <ul>
        {kinds.map((kind) => (
          <li key={kind}>
            <button type="button" className="tile" onPointerDown={grip({ kind, block: null })} onClick={() => add(kind)}>
              <KindIcon kind={kind} />
              <span>{kindName(kind)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
