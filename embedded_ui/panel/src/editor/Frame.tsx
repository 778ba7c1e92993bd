// The frame of the preview. It runs no script: its sandbox says so, and so does the page's policy.
//
// It is of our own origin (`allow-same-origin`), which without scripts gives what is in it nothing;
// the page reads from it how tall it is and which block was clicked. Two frames take turns, so that
// the old picture stays until the new one is drawn.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { words } from "./words";

type Props = {
  html: string;
  width: number;
  isDark: boolean;
  chosen: string | null;
  choose: (id: string) => void;
};
const BLOCK = /(?:^|\s)b-([a-z0-9][a-z0-9_-]*)(?:\s|$)/;

export function Frame({ html, width, isDark, chosen, choose }: Props) {
  const [pages, set] = useState<[string, string]>([html, ""]);
  const [front, turn] = useState<0 | 1>(0);
  const [height, grow] = useState(400);
  const box = useRef<HTMLDivElement>(null);
  const frames = [useRef<HTMLIFrameElement>(null), useRef<HTMLIFrameElement>(null)] as const;
  const scale = useScale(box, width);
  const acts = useRef({ choose });
  acts.current = { choose };

  useEffect(() => {
    if (html === pages[front]) return;
    const back = front === 0 ? 1 : 0;
    set((before) => before.with(back, html) as [string, string]);
  }, [html, pages, front]);

  const loaded = (which: 0 | 1) => {
    const page = frames[which].current?.contentDocument;
    if (!page?.body || pages[which] !== html) return;
    listen(page, (id) => acts.current.choose(id));
    mark(page, chosen);
    darken(page, isDark);
    grow(heightOf(page));
    turn(which);
  };
  useLayoutEffect(() => {
    const page = frames[front].current?.contentDocument;
    if (page?.body) mark(page, chosen);
  }, [chosen, front]);
  useEffect(() => {
    const page = frames[front].current?.contentDocument;
    if (page?.body) darken(page, isDark);
  }, [isDark, front]);
  useEffect(() => {
    const page = frames[front].current?.contentDocument;
    if (page?.body) grow(heightOf(page));
  }, [width, front]);

  return (
    <div className="mpaper" ref={box} style={{ maxInlineSize: width, blockSize: height * scale }}>
      {pages.map((page, which) => (
        <iframe
          key={which}
          ref={frames[which as 0 | 1]}
          title={words.previewTitle}
          sandbox="allow-same-origin"
          srcDoc={page}
          aria-hidden={which !== front}
          tabIndex={-1}
          data-front={which === front || undefined}
          style={{ inlineSize: width, blockSize: height, scale, colorScheme: isDark ? "dark" : "light" }}
          onLoad={() => loaded(which as 0 | 1)}
        />
      ))}
    </div>
  );
}

/** Links lead nowhere in a preview; a click anywhere chooses the block it falls on. */
function listen(page: Document, choose: (id: string) => void) {
  page.addEventListener("click", (event) => {
    event.preventDefault();
    const id = blockAt(event.target as Element | null);
    if (id) choose(id);
  });
  for (const link of page.querySelectorAll("a, area")) link.setAttribute("target", "_blank");
}

const heightOf = (page: Document) => Math.max(80, Math.ceil(page.body.getBoundingClientRect().bottom));

/** Show the message as a mail program in the dark would, whatever this browser's own theme is. */
function darken(page: Document, isDark: boolean) {
  const rules = [...page.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  for (const rule of rules) {
    if (!("media" in rule)) continue;
    const media = rule.media as MediaList & { isDark?: boolean };
    media.isDark ??= media.mediaText.includes("prefers-color-scheme: dark");
    if (media.isDark) media.mediaText = isDark ? "all" : "not all";
  }
}

function blockAt(element: Element | null): string | null {
  for (let each = element; each; each = each.parentElement) {
    const id = BLOCK.exec(each.getAttribute("class") ?? "")?.[1];
    if (id) return id;
  }
  return null;
}

/** Draw a line around the chosen block, and bring it into view. */
function mark(page: Document, chosen: string | null) {
  for (const old of page.querySelectorAll<HTMLElement>("[data-chosen]")) {
    old.removeAttribute("data-chosen");
    old.style.outline = "";
  }
  const block = chosen && page.querySelector<HTMLElement>(`.b-${CSS.escape(chosen)}`);
  if (!block) return;
  block.setAttribute("data-chosen", "");
  block.style.outline = "2px solid #2f5bea";
  block.style.outlineOffset = "-2px";
  bringIntoView(page, block);
}

function bringIntoView(page: Document, block: HTMLElement) {
  const frame = page.defaultView?.frameElement as HTMLElement | null;
  const stage = frame?.closest<HTMLElement>(".mstage");
  if (!frame || !stage) return;
  const factor = frame.getBoundingClientRect().height / (frame.offsetHeight || 1);
  const top = frame.getBoundingClientRect().top + block.getBoundingClientRect().top * factor;
  const room = stage.getBoundingClientRect();
  const bottom = top + block.getBoundingClientRect().height * factor;
  if (top < room.top || bottom > room.bottom) stage.scrollTop += top - room.top - room.height / 4;
}

/** Give how much the picture has to shrink to fit where it is shown. */
function useScale(box: { current: HTMLElement | null }, width: number): number {
  const [room, measure] = useState(width);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => entry && measure(entry.contentRect.width));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return Math.min(1, room / width || 1);
}
