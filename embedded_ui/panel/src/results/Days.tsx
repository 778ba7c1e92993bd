// Which days the dashboard is of: the last ones, or any that are chosen.
import { useState } from "react";
import { keepDays, keptDays, PERIODS } from "../early";
import { strings } from "../strings";
import { useStore } from "../store";
import { words } from "./words";

export type Days = { days: number } | { from: string; to: string };

/** Give the chosen days; a number of them holds for all pages while the window is open. */
export function useDays(): [Days, (days: Days) => void] {
  const [days, set] = useState<Days>(() => ({ days: keptDays() }));
  return [
    days,
    (chosen) => {
      set(chosen);
      if ("days" in chosen) keepDays(chosen.days);
    },
  ];
}

export const queryOf = (days: Days) => new URLSearchParams(days as unknown as Record<string, string>).toString();

type Props = { days: Days; choose: (days: Days) => void };

export function DaysChoice({ days, choose }: Props) {
  const [isOpen, open] = useState(false);
  return (
    <div className="days">
      <div className="seg" role="group" aria-label={strings.period}>
        {PERIODS.map((choice) => (
          <button
            key={choice}
            type="button"
            aria-pressed={!isOpen && "days" in days && choice === days.days}
            onClick={() => {
              open(false);
              choose({ days: choice });
            }}
          >
            {strings.days(choice)}
          </button>
        ))}
        <button type="button" aria-pressed={isOpen} onClick={() => open(true)}>
          {words.custom}
        </button>
      </div>
      {isOpen && <Custom days={days} choose={choose} />}
    </div>
  );
}

function Custom({ days, choose }: Props) {
  const { store, format } = useStore();
  const today = format.dayKey(store.now);
  const month = format.dayKey(new Date(new Date(store.now).getTime() - 29 * 86_400_000).toISOString());
  const [from, setFrom] = useState("from" in days ? days.from : month);
  const [to, setTo] = useState("from" in days ? days.to : today);
  return (
    <form
      className="inline"
      onSubmit={(event) => {
        event.preventDefault();
        choose({ from, to });
      }}
    >
      <input
        className="input date"
        type="date"
        required
        aria-label={words.from}
        value={from}
        max={to || today}
        onChange={(event) => setFrom(event.target.value)}
      />
      <input
        className="input date"
        type="date"
        required
        aria-label={words.to}
        value={to}
        min={from}
        max={today}
        onChange={(event) => setTo(event.target.value)}
      />
      <button type="submit" className="btn">
        {words.show}
      </button>
    </form>
  );
}
