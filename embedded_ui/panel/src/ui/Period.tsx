// Which days the figures are of.
import { useState } from "react";
import { keepDays, keptDays, PERIODS } from "../early";
import { strings } from "../strings";

/** Give the chosen number of days; the choice holds for all pages while the window is open. */
export function usePeriod(): [number, (days: number) => void] {
  const [days, set] = useState(keptDays);
  return [
    days,
    (chosen) => {
      set(chosen);
      keepDays(chosen);
    },
  ];
}

export function Period({ days, choose }: { days: number; choose: (days: number) => void }) {
  return (
    <div className="seg" role="group" aria-label={strings.period}>
      {PERIODS.map((choice) => (
        <button
          key={choice}
          type="button"
          aria-pressed={choice === days}
          onClick={() => choose(choice)}
        >
          {strings.days(choice)}
        </button>
      ))}
    </div>
  );
}
