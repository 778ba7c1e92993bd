// A flow in one row of small signs: what it does one after the other, with the times between.
import { ArrowRight } from "lucide-react";
import { Fragment } from "react";
import { StepIcon } from "../flow/StepIcon";
import { duration } from "../format";
import { strings } from "../strings";
import type { FlowRow, StepKind } from "../types";
import { words } from "./words";

type Mark = FlowRow["picture"][number];

export function Picture({ marks }: { marks: Mark[] }) {
  const told = marks.map(tell).join(", ");
  return (
    <div className="pict" role="img" aria-label={words.picture(told)}>
      {marks.map((mark, at) => (
        // Marks are drawn by their place alone: nothing of them is kept between two drawings.
        <Fragment key={at}>
          {at > 0 && <ArrowRight size={12} className="sub" aria-hidden />}
          {mark.kind === "delay" && mark.seconds ? (
            <span className="pwait num">{duration(mark.seconds, "short")}</span>
          ) : (
            <StepIcon kind={mark.kind as StepKind} by={mark.channel ?? undefined} />
          )}
        </Fragment>
      ))}
    </div>
  );
}

const tell = ({ kind, seconds }: Mark) => {
  const name = strings.flow.kinds[kind] ?? kind;
  return seconds ? `${name} ${duration(seconds)}` : name;
};
