// The steps that can be dragged onto the flow, left of it.
import { GripVertical } from "lucide-react";
import type { PointerEvent } from "react";
import { StepIcon } from "../flow/StepIcon";
import type { StepKind } from "./document";
import { useStore } from "../store";
import { usePainted } from "../ui/painted";
import { GROUPS, isLacking } from "./palette";
import { words } from "./words";

type Props = {
  lift: (kind: StepKind, event: PointerEvent) => void;
  /** Add a step after what is chosen, or at the end. */
  add: (kind: StepKind) => void;
};

/** Its kinds of steps are as much to draw as the flow itself, which is read first: they come right after it. */
export function Palette({ lift, add }: Props) {
  const isFlowSeen = usePainted();
  return (
    <aside className="pal" aria-label={words.palette}>
      <p className="sub small">{words.paletteHow}</p>
      {isFlowSeen &&
        GROUPS.map(([group, kinds]) => (
          <section key={group}>
            <h2>{words.groups[group]}</h2>
            <ul>
              {kinds.map((kind) => (
                <li key={kind}>
                  <Kind kind={kind} lift={lift} add={add} />
                </li>
              ))}
            </ul>
          </section>
        ))}
    </aside>
  );
}

function Kind({ kind, lift, add }: Props & { kind: StepKind }) {
  const { store } = useStore();
  if (isLacking(kind, store)) {
    return (
      <p className="sub small lacking" data-kind={kind}>
        {words.noCredit}
      </p>
    );
  }
  return (
    <button type="button" className="pi" data-kind={kind} onPointerDown={(event) => lift(kind, event)} onClick={() => add(kind)}>
      <StepIcon kind={kind} />
      <span>{words.kinds[kind]}</span>
      <GripVertical size={14} className="grip" aria-hidden />
    </button>
  );
}
