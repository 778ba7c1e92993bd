// Two lines over days: this period and the one before; by pointer, by arrow keys, or as a table.
import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import {
  type KeyboardEvent,
  type PointerEvent,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Format } from "../format";
import { strings } from "../strings";
import type { Day } from "../types";

const HEIGHT = 240;
const LEFT = 56;
const RIGHT = 8;
const TOP = 12;
const BOTTOM = 26;
const LABEL_WIDTH = 90;
const words = strings.dashboard;

export function Chart({ days, format }: { days: Day[]; format: Format }) {
  const [asTable, setAsTable] = useState(false);
  return (
    <div>
      <Drawing days={days} format={format} />
      <div className="legend">
        <span>
          <i />
          {words.thisPeriod}
        </span>
        <span>
          <i className="dash" />
          {words.before}
        </span>
        <button
          type="button"
          className="btn plain"
          aria-expanded={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? words.hideTable : words.asTable}
        </button>
      </div>
      {asTable && <Table days={days} format={format} />}
    </div>
  );
}

function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current!;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [box, width] as const;
}

function Drawing({ days, format }: { days: Day[]; format: Format }) {
  const [box, width] = useWidth();
  const [chosen, choose] = useState<number | null>(null);
  const last = days.length - 1;
  const total = (key: "amount" | "previous") => days.reduce((sum, day) => sum + day[key], 0);
  const inner = Math.max(1, width - LEFT - RIGHT);

  const point = (event: PointerEvent) => {
    const x = event.clientX - box.current!.getBoundingClientRect().left - LEFT;
    choose(Math.max(0, Math.min(last, Math.round((x / inner) * last))));
  };
  const step = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") choose(null);
    if (!by) return;
    event.preventDefault();
    const from = chosen ?? (by > 0 ? -1 : days.length);
    choose(Math.max(0, Math.min(last, from + by)));
  };

  const day = chosen === null ? undefined : days[chosen];
  return (
    <div
      className="chart"
      ref={box}
      style={{ height: HEIGHT }}
      tabIndex={0}
      role="group"
      aria-roledescription="chart"
      aria-label={words.chart(format.money(total("amount")), format.money(total("previous")))}
      onPointerMove={point}
      onPointerLeave={() => choose(null)}
      onBlur={() => choose(null)}
      onKeyDown={step}
    >
      {width > 0 && <Lines days={days} width={width} chosen={chosen} format={format} />}
      {day && <Tip day={day} x={LEFT + (chosen! / Math.max(1, last)) * inner} width={width} format={format} />}
      <div className="vh" aria-live="polite">
        {day &&
          words.chartDay(format.plainDay(day.date), format.money(day.amount), format.money(day.previous))}
      </div>
    </div>
  );
}

type LinesProps = { days: Day[]; width: number; chosen: number | null; format: Format };

function Lines({ days, width, chosen, format }: LinesProps) {
  const shade = useId();
  const drawn = useMemo(() => geometry(days, width), [days, width]);
  const { x, y, ticks } = drawn;
  const every = Math.max(1, Math.ceil(days.length / Math.max(2, Math.floor((width - LEFT) / LABEL_WIDTH))));
  const day = chosen === null ? undefined : days[chosen];
  return (
    <svg width={width} height={HEIGHT} aria-hidden="true">
      <defs>
        <linearGradient id={shade} x1="0" x2="0" y1="0" y2="1">
          <stop offset="0" stopColor="var(--chart-1)" stopOpacity=".18" />
          <stop offset="1" stopColor="var(--chart-1)" stopOpacity="0" />
        </linearGradient>
      </defs>
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} stroke="var(--hair)" />
          <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end" className="ax">
            {format.axisMoney(tick)}
          </text>
        </g>
      ))}
      {days.map(
        (each, index) =>
          index % every === 0 && (
            <text
              key={each.date}
              x={x(index)}
              y={HEIGHT - 6}
              textAnchor={index === 0 ? "start" : index > days.length - 2 ? "end" : "middle"}
              className="ax"
            >
              {format.plainDay(each.date)}
            </text>
          ),
      )}
      <path d={drawn.before} fill="none" stroke="var(--chart-2)" strokeWidth="1.5" strokeDasharray="3 4" />
      <path d={drawn.below} fill={`url(#${shade})`} />
      <path d={drawn.now} fill="none" stroke="var(--chart-1)" strokeWidth="2" strokeLinejoin="round" />
      {day && (
        <>
          <line x1={x(chosen!)} x2={x(chosen!)} y1={TOP} y2={HEIGHT - BOTTOM} stroke="var(--border-strong)" />
          <circle cx={x(chosen!)} cy={y(day.previous)} r="3.5" fill="var(--chart-2)" />
          <circle cx={x(chosen!)} cy={y(day.amount)} r="4.5" fill="var(--chart-1)" stroke="var(--surface)" strokeWidth="2" />
        </>
      )}
    </svg>
  );
}

function geometry(days: Day[], width: number) {
  const most = Math.max(1, ...days.flatMap((day) => [day.amount, day.previous]));
  const least = Math.min(0, ...days.flatMap((day) => [day.amount, day.previous]));
  const x = scaleLinear([0, Math.max(1, days.length - 1)], [LEFT, width - RIGHT]);
  const y = scaleLinear([least, most], [HEIGHT - BOTTOM, TOP]).nice(4);
  const path = (key: "amount" | "previous") =>
    line<Day>(
      (_, index) => x(index),
      (day) => y(day[key]),
    )(days) ?? "";
  const below = area<Day>(
    (_, index) => x(index),
    y(Math.max(0, least)),
    (day) => y(day.amount),
  )(days);
  return { x, y, ticks: y.ticks(4), now: path("amount"), before: path("previous"), below: below ?? "" };
}

function Tip({ day, x, width, format }: { day: Day; x: number; width: number; format: Format }) {
  return (
    <div className="tip" style={{ left: Math.max(0, Math.min(x + 12, width - 198)), top: 16 }}>
      <b>{format.plainDay(day.date)}</b>
      <span>
        <i />
        {words.thisPeriod}
        <em className="num">{format.money(day.amount)}</em>
      </span>
      <span>
        <i className="before" />
        {words.before}
        <em className="num">{format.money(day.previous)}</em>
      </span>
    </div>
  );
}

function Table({ days, format }: { days: Day[]; format: Format }) {
  return (
    <div className="chart-table" tabIndex={0} role="region" aria-label={words.asTable}>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">{words.date}</th>
            <th scope="col" className="r">
              {words.thisPeriod}
            </th>
            <th scope="col" className="r">
              {words.before}
            </th>
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.date}>
              <td>{format.plainDay(day.date)}</td>
              <td className="r num">{format.money(day.amount)}</td>
              <td className="r num">{format.money(day.previous)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A small line without axes; it goes straight over days without a figure. */
export function Spark({ series }: { series: (number | null)[] }) {
  const points = series.flatMap((value, day): [number, number][] => (value === null ? [] : [[day, value]]));
  if (points.length < 2) return null;
  const known = points.map(([, value]) => value);
  const x = scaleLinear([0, series.length - 1], [1, 83]);
  const y = scaleLinear([Math.min(...known), Math.max(...known)], [25, 3]);
  const flat = Math.min(...known) === Math.max(...known);
  const path = line<[number, number]>(
    ([day]) => x(day),
    ([, value]) => (flat ? 14 : y(value)),
  )(points);
  return (
    <svg className="spark" width="84" height="28" viewBox="0 0 84 28" aria-hidden="true">
      <path
        d={path ?? ""}
        fill="none"
        stroke="var(--chart-1)"
        strokeWidth="1.75"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
