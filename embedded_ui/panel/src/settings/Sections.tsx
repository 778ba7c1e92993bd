// The parts of the settings, as links above each of them.
import { Link, useLocation } from "wouter";
import { to } from "../place";
import { useOpenInSight } from "../ui/useOpenInSight";
import { words } from "./words";

const PARTS = [
  ["/settings", words.sections.sending],
  ["/settings/form", words.sections.form],
  ["/settings/channels", words.sections.channels],
  ["/settings/conversations", words.sections.conversations],
  ["/settings/team", words.sections.team],
  ["/settings/data", words.sections.data],
] as const;

export function Sections() {
  const [here] = useLocation();
  const bar = useOpenInSight(here);
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
