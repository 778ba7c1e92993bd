// Dragging onto a line, by pointer events: they work for touch and in frames, where HTML's own dragging does not.
//
// The nearest "+" within reach wins; Esc, or letting go elsewhere, ends it without a change.
import { useCallback, useRef, useState } from "react";
import type { Place } from "./document";
import { placeNamed } from "./canvas";

const REACH = 110;
const SLACK = 5; // before a press becomes a drag
const EDGE = 48; // where the canvas begins to move along
const PACE = 12;

export type Dragged = { label: string; kind: string; count: number };
type Drop = { fits: (place: Place) => boolean; drop: (place: Place) => void };

/** Give `start` for a pointer that was pressed, what is dragged now, and where its ghost is drawn. */
export function useDrag(scrollBy: (x: number, y: number) => void) {
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const ghost = useRef<HTMLDivElement>(null);
  const start = useCallback(
    (event: React.PointerEvent, what: Dragged, to: Drop) => {
      if (event.button !== 0) return;
      new Drag(event, to, scrollBy, ghost, (isOn) => setDragged(isOn ? what : null));
    },
    [scrollBy],
  );
  return { start, dragged, ghost };
}

class Drag {
  private isOn = false;
  private best: HTMLElement | null = null;
  private readonly fitting = new Map<string, boolean>();
  private readonly from: { x: number; y: number };
  private at: { x: number; y: number };
  private frame = 0;
  /** What comes from the palette crosses the canvas's edge first: it moves along only after that. */
  private isInside = false;

  constructor(
    event: React.PointerEvent,
    private readonly to: Drop,
    private readonly scrollBy: (x: number, y: number) => void,
    private readonly ghost: React.RefObject<HTMLDivElement | null>,
    private readonly show: (isOn: boolean) => void,
  ) {
    this.from = this.at = { x: event.clientX, y: event.clientY };
    addEventListener("pointermove", this.moved);
    addEventListener("pointerup", this.released);
    addEventListener("pointercancel", this.cancelled);
    addEventListener("keydown", this.pressed, true);
  }

  private readonly moved = (event: PointerEvent) => {
    this.at = { x: event.clientX, y: event.clientY };
    if (!this.isOn && Math.hypot(this.at.x - this.from.x, this.at.y - this.from.y) < SLACK) return;
    if (!this.isOn) this.begin();
    event.preventDefault();
    this.place();
    this.look();
  };

  private begin() {
    this.isOn = true;
    this.show(true);
    this.frame = requestAnimationFrame(this.scroll);
  }

  private place() {
    const { ghost, at } = this;
    if (ghost.current) ghost.current.style.transform = `translate(${at.x + 8}px,${at.y + 8}px) rotate(2deg)`;
  }

  private look() {
    let reach = REACH;
    let best: HTMLElement | null = null;
    for (const plus of document.querySelectorAll<HTMLElement>(".plus")) {
      const { left, top, width, height } = plus.getBoundingClientRect();
      const far = Math.hypot(this.at.x - left - width / 2, this.at.y - top - height / 2);
      if (far < reach && this.fits(plus.dataset.place!)) [reach, best] = [far, plus];
    }
    if (best === this.best) return;
    this.best?.classList.remove("hot");
    best?.classList.add("hot");
    this.best = best;
  }

  private fits(name: string): boolean {
    let fits = this.fitting.get(name);
    if (fits === undefined) {
      fits = this.to.fits(placeNamed(name));
      this.fitting.set(name, fits);
    }
    return fits;
  }

  /** A long flow moves along while something is held at the canvas's edge. */
  private readonly scroll = () => {
    const canvas = document.querySelector(".canvas")?.getBoundingClientRect();
    if (canvas && this.at.x > canvas.left && this.at.x < canvas.right) {
      const x = edge(this.at.x, canvas.left, canvas.right);
      const y = edge(this.at.y, canvas.top, canvas.bottom);
      this.isInside ||= !x && !y;
      if (this.isInside && (x || y)) {
        this.scrollBy(x, y);
        this.look();
      }
    }
    this.frame = requestAnimationFrame(this.scroll);
  };

  private readonly released = () => {
    const place = this.isOn ? this.best?.dataset.place : undefined;
    this.end();
    if (place) this.to.drop(placeNamed(place));
  };

  private readonly cancelled = () => this.end();

  private readonly pressed = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.end();
  };

  private end() {
    cancelAnimationFrame(this.frame);
    removeEventListener("pointermove", this.moved);
    removeEventListener("pointerup", this.released);
    removeEventListener("pointercancel", this.cancelled);
    removeEventListener("keydown", this.pressed, true);
    this.best?.classList.remove("hot");
    if (this.isOn) {
      swallowClick();
      this.show(false);
    }
  }
}

const edge = (at: number, from: number, to: number) => (at < from + EDGE ? PACE : at > to - EDGE ? -PACE : 0);

/** What was dragged was not clicked: the click that follows the release is nobody's. */
function swallowClick() {
  const swallow = (event: MouseEvent) => {
    event.stopPropagation();
    event.preventDefault();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
}
