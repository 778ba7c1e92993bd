// When somebody answers, on each day of the week, by the store's own clock.
import { useStore } from "../store";
import { Card, Toggle } from "./cards";
import type { Parts } from "./handover-cards";
import { words } from "./handover-words";

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
const WORKDAYS = 5;
const USUAL = { start: "09:00", end: "17:00" };
type Span = Parts["form"]["hours"][number];

export function AnswerHours({ form, change, wrong }: Parts) {
  const { format } = useStore();
  const { hours } = form;
  const usual = () => DAYS.slice(0, WORKDAYS).map((day) => ({ day, ...USUAL }));
  const put = (day: number, span: Partial<Span> | null) => {
    const others = hours.filter((one) => one.day !== day);
    const before = hours.find((one) => one.day === day) ?? { day, ...USUAL };
    const all = span ? [...others, { ...before, ...span }] : others;
    change({ hours: all.sort((one, other) => one.day - other.day) });
  };
  return (
    <Card title={words.hours}>
      <Toggle
        label={words.always}
        isOn={hours.length === 0}
        set={(isOn) => change({ hours: isOn ? [] : usual() })}
      />
      <p className="hint">{hours.length === 0 ? words.alwaysHint : words.hoursHint(format.timeZone)}</p>
      {hours.length > 0 && (
        <ul className="open-days">
          {DAYS.map((day) => (
            <Day key={day} day={day} span={hours.find((one) => one.day === day)} put={put} />
          ))}
        </ul>
      )}
      {wrong("hours") && (
        <p className="hint wrong" role="alert" tabIndex={-1}>
          {wrong("hours")}
        </p>
      )}
    </Card>
  );
}

type DayProps = { day: number; span?: Span; put: (day: number, span: Partial<Span> | null) => void };

function Day({ day, span, put }: DayProps) {
  const name = words.days[day - 1]!;
  return (
    <li>
      <Toggle label={name} isOn={span !== undefined} set={(isOn) => put(day, isOn ? {} : null)} />
      {span ? (
        <span className="inline">
          <Clock label={words.opens(name)} value={span.start} set={(start) => put(day, { start })} />
          <Clock label={words.closes(name)} value={span.end} set={(end) => put(day, { end })} />
        </span>
      ) : (
        <span className="sub">{words.closed}</span>
      )}
    </li>
  );
}

function Clock({ label, value, set }: { label: string; value: string; set: (value: string) => void }) {
  return (
    <input
      className="input"
      type="time"
      aria-label={label}
      value={value}
      onChange={(event) => set(event.target.value)}
    />
  );
}
