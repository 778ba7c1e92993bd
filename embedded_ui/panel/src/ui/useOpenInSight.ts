// A row of links keeps the open one in sight: on a phone the later ones lie beyond its edge.
import { type RefObject, useEffect, useRef } from "react";

/** Bring the open link to the middle of its row; the page itself stays where it was scrolled to. */
function showOpen(row: Element) {
  const open = row.querySelector("[aria-current]")?.getBoundingClientRect();
  if (!open) return;
  const seen = row.getBoundingClientRect();
  row.scrollLeft += (open.left + open.right - seen.left - seen.right) / 2;
}

/** Give the ref of such a row. `here` is the place that is open; a window may become narrow later. */
export function useOpenInSight(here: string): RefObject<HTMLElement | null> {
  const row = useRef<HTMLElement>(null);
  useEffect(() => {
    const watch = new ResizeObserver(([seen]) => showOpen(seen!.target));
    watch.observe(row.current!);
    return () => watch.disconnect();
  }, [here]);
  return row;
}
