// The parts of the settings, as links above each of them.
import { useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import { to } from "../place";
import { words } from "./words";

const PARTS = [
  ["/settings", words.sections.sending],
  ["/settings/form", words.sections.form],
  ["/settings/channels", words.sections.channels],
  ["/settings/conversations", words.sections.conversations],
  ["/settings/team", words.sections.team],
  ["/settings/data", words.sections.data],
] as const;

/** Bring the open part to the middle of the bar; the page itself stays where it was scrolled to. */
function showOpen(bar: Element) {
  const open = bar.querySelector("[aria-current]")?.getBoundingClientRect();
  if (!open) return;
  const seen = bar.getBoundingClientRect();
  bar.scrollLeft += (open.left + open.right - seen.left - seen.right) / 2;
}

export function Sections() {
  const [here] = useLocation();
  const bar = useRef<HTMLElement>(null);
  // On a phone the later parts lie beyond the edge; a window may become as narrow later.
  useEffect(() => {
    const watch = new ResizeObserver(([seen]) => showOpen(seen!.target));
    watch.observe(bar.current!);
    return () => watch.disconnect();
  }, [here]);
  return (
    <nav ref={bar} className="tabs" aria-label={words.sections.label}>
      {PARTS.map(([path, label]) => (
        <Link key={path} href={to(path)} aria-current={here === `/panel${path}` ? "page" : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
