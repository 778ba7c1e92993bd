// A line of the timeline: its sign, what happened, and when.
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useStore } from "../store";

type RowProps = { icon: LucideIcon; tone: string; at: string; what: ReactNode; children?: ReactNode };

export function Row({ icon: Icon, tone, at, what, children }: RowProps) {
  const { format } = useStore();
  return (
    <li className="entry">
      <span className="ic" style={{ background: `var(--${tone}-soft)`, color: `var(--${tone})` }}>
        <Icon size={16} aria-hidden />
      </span>
      <div>
        <p className="what">{what}</p>
        {children}
      </div>
      <time dateTime={at}>{format.time(at)}</time>
    </li>
  );
}
