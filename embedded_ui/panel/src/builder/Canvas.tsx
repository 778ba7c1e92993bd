// The canvas of a flow: its first picture at once, then what can be moved and zoomed, at the same places.
import { type ComponentType, type KeyboardEvent, startTransition, useEffect, useLayoutEffect, useRef, useState } from "react";
import { strings } from "../strings";
import type { BoardProps } from "./Board";
import { CanvasContext, type CanvasValue } from "./canvas";
import { First } from "./First";
import { firstSight, type Size, sizeOf } from "./sight";

type Board = ComponentType<BoardProps>;

// React Flow is a third of what the builder needs, and the steps can be read without it: it comes while they are drawn.
const load = async () => (await import("./Board")).default;
let come: Board | undefined;
void load().then(
  (board) => {
    come = board;
  },
  () => undefined, // asked for again, and told, by who needs it
);

type Props = Omit<BoardProps, "section"> & { value: CanvasValue; onKey: (event: KeyboardEvent) => void };

export function Canvas({ value, onKey, ...props }: Props) {
  const section = useRef<HTMLElement>(null);
  const size = useSize(section);
  const Board = useBoard();
  return (
    <CanvasContext value={value}>
      <section ref={section} className="canvas" aria-label={strings.flow.drawing} aria-busy={!Board} onKeyDownCapture={onKey}>
        {size && Board && <Board {...props} section={section} />}
        {size && !Board && <First drawn={props.drawn} chosen={props.chosen} sight={firstSight(props.drawn.nodes, size)} size={size} />}
      </section>
    </CanvasContext>
  );
}

/** Give React Flow's canvas once it is here; that it cannot come is thrown, as of any page. */
function useBoard(): Board | undefined {
  const [board, set] = useState<Board | undefined>(() => come);
  const [error, fail] = useState<{ why: unknown }>();
  useEffect(() => {
    if (!board) load().then((loaded) => startTransition(() => set(() => loaded)), (why: unknown) => fail({ why }));
  }, [board]);
  if (error) throw error.why;
  return board;
}

/** Give how large an element is, from before it is first painted. */
function useSize(section: React.RefObject<HTMLElement | null>): Size | undefined {
  const [size, set] = useState<Size>();
  useLayoutEffect(() => set(sizeOf(section.current!)), [section]);
  return size;
}
