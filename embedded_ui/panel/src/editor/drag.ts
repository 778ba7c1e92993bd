// Dragging a block by pointer, from the palette or within the list: the nearest gap takes it.
import { type PointerEvent as ReactPointerEvent, useEffect, useRef, useState } from "react";
import { type Block, type Kind, mayStand, offered, type Place } from "./blocks";

export type Dragged = { kind: Kind; block: Block | null };
export type Drag = { what: Dragged; x: number; y: number; place: Place | null };
const FAR = 60; // px beside the list at which nothing takes it any more
const START = 5; // px that tell a drag from a click
const EDGE = 40; // px at the list's ends where it scrolls

/** Give the drag that goes on, and what a grip does when it is pressed. */
export function useDrag(blocks: Block[], drop: (what: Dragged, place: Place) => void) {
  const list = useRef<HTMLDivElement>(null);
  const [drag, set] = useState<Drag | null>(null);
  const now = useRef({ blocks, drop });
  now.current = { blocks, drop };
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);

  const grip = (what: Dragged) => (event: ReactPointerEvent) => {
    if (event.button !== 0) return;
    const { clientX, clientY } = event;
    let going: Drag | null = null;
    const move = (at: PointerEvent) => {
      if (!going && Math.hypot(at.clientX - clientX, at.clientY - clientY) < START) return;
      at.preventDefault();
      scrollAt(list.current, at.clientY);
      going = { what, x: at.clientX, y: at.clientY, place: placeAt(list.current, now.current.blocks, what, at) };
      set(going);
    };
    const end = (isDropped: boolean) => {
      stop.current?.();
      if (!going) return;
      set(null);
      swallowClick();
      if (isDropped && going.place) now.current.drop(what, going.place);
    };
    const up = () => end(true);
    const cancel = () => end(false);
    const key = (pressed: KeyboardEvent) => {
      if (pressed.key !== "Escape" || !going) return;
      pressed.stopPropagation();
      end(false);
    };
    const listen = { pointermove: move, pointerup: up, pointercancel: cancel } as Record<string, (event: never) => void>;
    for (const [name, act] of Object.entries(listen)) window.addEventListener(name, act as EventListener);
    window.addEventListener("keydown", key, true);
    stop.current = () => {
      for (const [name, act] of Object.entries(listen)) window.removeEventListener(name, act as EventListener);
      window.removeEventListener("keydown", key, true);
      stop.current = null;
    };
  };
  return { list, drag, grip };
}

/** The click that ends a drag chooses nothing. */
function swallowClick() {
  const swallow = (event: Event) => event.stopPropagation();
  window.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
}

function scrollAt(list: HTMLElement | null, y: number) {
  const box = list?.getBoundingClientRect();
  if (!list || !box || y < box.top || y > box.bottom) return;
  if (y < box.top + EDGE) list.scrollTop -= 10;
  else if (y > box.bottom - EDGE) list.scrollTop += 10;
}

function placeAt(list: HTMLElement | null, blocks: Block[], what: Dragged, at: PointerEvent): Place | null {
  const box = list?.getBoundingClientRect();
  if (!list || !box || at.clientX < box.left - FAR || at.clientX > box.right + FAR) return null;
  let best: { place: Place; distance: number } | null = null;
  for (const gap of list.querySelectorAll<HTMLElement>("[data-gap]")) {
    const place = JSON.parse(gap.dataset.gap!) as Place;
    if (!takes(blocks, what, place)) continue;
    const { top, bottom } = gap.getBoundingClientRect();
    const distance = Math.abs((top + bottom) / 2 - at.clientY);
    if (!best || distance < best.distance) best = { place, distance };
  }
  return best?.place ?? null;
}

function takes(blocks: Block[], { kind, block }: Dragged, place: Place): boolean {
  if (block && place.column?.id === block.id) return false;
  return mayStand(blocks, kind, place) && (block !== null || offered(blocks, place).includes(kind));
}

export const isAt = (one: Place | null | undefined, place: Place) =>
  one?.index === place.index && one.column?.id === place.column?.id && one.column?.side === place.column?.side;
