// Which days the figures are of.
import { useState } from "react";
import { strings } from "../strings";

export const PERIODS = [7, 30, 90];
const KEY = "reprise.days";

/** Give the chosen number of days; the choice holds for all pages while the window is open. */
export function usePeriod(): [number, (days: number) => void] {
  const [days, set] = useState(() => {
    const kept = Number(recall());
    return PERIODS.includes(kept) ? kept : 30;
  });
  return [
    days,
    (chosen) => {
      set(chosen);
      keep(String(chosen));
    },
  ];
}

// A browser that blocks storage in frames throws: then the choice is of this page only.
function recall(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(value: string) {
  try {
    sessionStorage.setItem(KEY, value);
  } catch {
    return;
  }
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
