// What each kind of block is called, how it looks in lists, and what it begins with.
import {
  Code,
  Columns2,
  Heading,
  Image,
  LayoutGrid,
  Minus,
  MousePointerClick,
  MoveVertical,
  Package,
  PanelBottom,
  PenLine,
  Share2,
  Star,
  Store,
  TicketPercent,
  Truck,
  Type,
} from "lucide-react";
import { readable } from "../readable";
import type { Issue } from "../types";
import { type Block, type Kind, newId } from "./blocks";
import { words } from "./words";

const ICONS: Record<Kind, typeof Code> = {
  header: Store,
  heading: Heading,
  text: Type,
  image: Image,
  button: MousePointerClick,
  products: LayoutGrid,
  product: Package,
  reviews: Star,
  code: TicketPercent,
  divider: Minus,
  spacer: MoveVertical,
  columns: Columns2,
  social: Share2,
  signature: PenLine,
  tracking: Truck,
  footer: PanelBottom,
  html: Code,
};
const TINTS: Partial<Record<Kind, string>> = {
  products: "chat",
  product: "chat",
  reviews: "chat",
  code: "coupon",
  tracking: "chat",
  html: "logic",
  divider: "time",
  spacer: "time",
  columns: "time",
};

export function KindIcon({ kind, size = 15 }: { kind: Kind; size?: number }) {
  const Icon = ICONS[kind] ?? Code;
  const tint = TINTS[kind] ?? "email";
  return (
    <span className="ic kind" style={{ background: `var(--c-${tint}-soft)`, color: `var(--c-${tint})` }}>
      <Icon size={size} aria-hidden />
    </span>
  );
}

export const kindName = (kind: Kind): string => words.blockKinds[kind] ?? kind;

/** Give a block of a kind as it is when it has just been added. */
export function fresh(blocks: Block[], kind: Kind, destination: string): Block {
  const id = newId(blocks, kind);
  switch (kind) {
    case "heading":
      return { id, kind, text: words.fresh.heading, align: "left" };
    case "text":
      return { id, kind, html: `<p>${words.fresh.text}</p>` };
    case "image":
      return { id, kind, src: "", alt: "" };
    case "button":
      return { id, kind, label: words.fresh.button, href: destination };
    case "products":
      return { id, kind, of: "recommended", title: "" };
    case "spacer":
      return { id, kind, height: 24 };
    case "columns":
      return { id, kind, left: [], right: [] };
    case "html":
      return { id, kind, html: "<p></p>" };
    case "reviews":
      return { id, kind, title: "" };
    case "social":
      return { id, kind, lead: "" };
    case "footer":
      return { id, kind, why: "" };
    default:
      return { id, kind };
  }
}

/** Give the beginning of what a block says, for lists. */
export function excerpt(block: Block): string {
  switch (block.kind) {
    case "heading":
      return readable(block.text);
    case "text":
      return readable(plain(block.html));
    case "button":
      return readable(block.label);
    case "image":
      return block.alt;
    case "products":
      return words.sources[block.of];
    default:
      return "";
  }
}

/** What a text says, in one line: where a paragraph or an item of a list ends, a blank stands. */
const plain = (html: string) =>
  new DOMParser().parseFromString(html.replace(/<(\/(p|li)|br)\b/g, " $&"), "text/html").body.textContent ?? "";

/** Give what is said of an issue in the merchant's language. */
export const sayIssue = (issue: Issue): string => words.issues[issue.code]?.(issue.detail ?? {}) ?? issue.message;
