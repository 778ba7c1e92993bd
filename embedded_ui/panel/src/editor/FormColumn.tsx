// The right column: the chosen block's form, the message as a whole while none is chosen, or the checks.
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useStore } from "../store";
import type { Issue } from "../types";
import { BlockForm } from "./BlockForm";
import type { Block } from "./blocks";
import { useEditing } from "./context";
import { KindIcon, kindName } from "./kinds";
import { words } from "./words";

export type Tab = "edit" | "preview" | "checks";
type Props = {
  block: Block | undefined;
  tab: Tab;
  show: (tab: Tab) => void;
  issues: Issue[];
  size: number | null;
  checks: ReactNode;
  extras: ReactNode;
};

export function FormColumn({ block, tab, show, issues, size, checks, extras }: Props) {
  const isChecks = tab === "checks";
  const count = issues.length;
  return (
    <aside className="mform" aria-label={words.formTitle}>
      <div className="seg ftabs" role="group" aria-label={words.formTitle}>
        <button type="button" aria-pressed={!isChecks} onClick={() => show("edit")}>
          {block ? words.form : words.message}
        </button>
        <button type="button" aria-pressed={isChecks} onClick={() => show("checks")}>
          {count ? words.checksTab(String(count)) : words.tabs.checks}
        </button>
      </div>
      {isChecks ? checks : block ? <OfBlock key={block.id} block={block} /> : <OfMessage size={size} extras={extras} />}
    </aside>
  );
}

function OfBlock({ block }: { block: Block }) {
  const { choose } = useEditing();
  return (
    <>
      <button type="button" className="btn plain toblocks" onClick={() => choose(null)}>
        <ArrowLeft size={14} aria-hidden />
        {words.backToBlocks}
      </button>
      <div className="ih">
        <KindIcon kind={block.kind} />
        <h2>{kindName(block.kind)}</h2>
      </div>
      <BlockForm block={block} />
    </>
  );
}

function OfMessage({ size, extras }: { size: number | null; extras: ReactNode }) {
  const { about } = useEditing();
  const { format } = useStore();
  const kind = about.kind ?? "marketing";
  return (
    <>
      <p className="sub">{words.messageHint}</p>
      <dl className="st">
        <div>
          <dt>{words.kindLabel}</dt>
          <dd>{words.messageKinds[kind] ?? kind}</dd>
        </div>
        {size !== null && (
          <div>
            <dt>{words.sizeLabel}</dt>
            <dd className="num">{words.size(format.int(Math.ceil(size / 1000)))}</dd>
          </div>
        )}
      </dl>
      <div className="extras">{extras}</div>
    </>
  );
}
