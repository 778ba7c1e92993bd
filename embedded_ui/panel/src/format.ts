// Numbers, money and times, as they are written in the language of the page.
import { language } from "./language";
import type { Store } from "./types";

// Digits after the point by ISO 4217, as the server counts minor units; Intl's own differ for some.
const NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ");
const THREE = "BHD IQD JOD KWD LYD OMR TND".split(" ");
const digitsOf = (currency: string) =>
  NONE.includes(currency) ? 0 : THREE.includes(currency) ? 3 : 2;
export const fromMinor = (amount: number, currency: string) => amount / 10 ** digitsOf(currency);
export const toMinor = (amount: number, currency: string) =>
  Math.round(amount * 10 ** digitsOf(currency));

export type Format = ReturnType<typeof formatOf>;

/** One rule: numbers and times are written in the language of the page, as the store's own region does where it has it. */
const localeOf = (own: string) => (own.toLowerCase().split(/[-_]/)[0] === language ? own.replace("_", "-") : language);

type Profile = Pick<Store, "locale" | "currency" | "timezone" | "now">;

function known<T>(make: (locale: string) => T, locale: string): T {
  try {
    return make(locale);
  } catch {
    return make("en");
  }
}

// Making one of Intl's formatters takes longer than many uses of it: each is made once, for all stores' formats.
const made = new Map<string, unknown>();

function once<T>(key: string, make: () => T): T {
  if (!made.has(key)) made.set(key, make());
  return made.get(key) as T;
}

const numbersOf = (tag: string, options: Intl.NumberFormatOptions) =>
  once(`${tag} number ${JSON.stringify(options)}`, () => known((locale) => new Intl.NumberFormat(locale, options), tag));
const datesOf = (tag: string, options: Intl.DateTimeFormatOptions) =>
  once(`${tag} date ${JSON.stringify(options)}`, () => known((locale) => new Intl.DateTimeFormat(locale, options), tag));

/** Give dates as 2026-12-01: for comparing days, whatever the language. */
const daysOf = (timeZone: string) => datesOf("en-CA", { timeZone });

const zoneOf = (timezone: string) =>
  once(`zone ${timezone}`, () => {
    try {
      daysOf(timezone);
      return timezone;
    } catch {
      return "UTC";
    }
  });

/** Give the formatters of a store; its zone is looked up when a time is first written. */
export function formatOf({ locale, currency, timezone, now }: Profile) {
  const inZone = (options: Intl.DateTimeFormatOptions) => dates({ ...options, timeZone: zoneOf(timezone) });
  const written = localeOf(locale);
  const numbers = (options: Intl.NumberFormatOptions) => numbersOf(written, options);
  const dates = (options: Intl.DateTimeFormatOptions) => datesOf(written, options);
  const moneyIn = (amount: number, code: string, options: Intl.NumberFormatOptions = {}) =>
    numbers({ style: "currency", currency: code, ...options }).format(fromMinor(amount, code));
  const whole = { maximumFractionDigits: 0 };
  // A day without a clock: it is the store's own already, so no zone may move it.
  const plainDay = (date: string) =>
    dates({ month: "short", day: "numeric", timeZone: "UTC" }).format(new Date(`${date}T12:00Z`));
  const wholeDay = (date: string) =>
    dates({ year: "numeric", month: "short", day: "numeric", timeZone: "UTC" }).format(new Date(`${date}T12:00Z`));
  const year = (at: string) => inZone({ year: "numeric" }).format(new Date(at));
  /** The year is told where it is not this one. */
  const yearOf = (at: string): Intl.DateTimeFormatOptions => (year(at) === year(now) ? {} : { year: "numeric" });
  return {
    get timeZone() {
      return zoneOf(timezone);
    },
    int: (value: number) => numbers({}).format(value),
    percent: (value: number) =>
      numbers({ style: "percent", maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(value),
    /** Without a digit after the point where there is none to tell: "50%", "33.3%". */
    share: (value: number) => numbers({ style: "percent", maximumFractionDigits: 1 }).format(value),
    points: (value: number) =>
      numbers({ maximumFractionDigits: 1, minimumFractionDigits: 1 }).format(value * 100),
    money: (amount: number, code = currency) => moneyIn(amount, code),
    /** Without cents once it is large: for headlines. */
    roundMoney: (amount: number) =>
      moneyIn(amount, currency, Math.abs(fromMinor(amount, currency)) >= 1000 ? whole : {}),
    axisMoney: (amount: number) =>
      moneyIn(amount, currency, { notation: "compact", maximumFractionDigits: 1, minimumFractionDigits: 0 }),
    plainDay,
    /** A day with its year, which no zone may move either: "Apr 1, 1990". */
    wholeDay,
    /** A time of today that stands alone, with its zone. */
    zonedTime: (at: string) =>
      inZone({ hour: "numeric", minute: "2-digit", timeZoneName: "short" }).format(new Date(at)),
    time: (at: string) =>
      inZone({ hour: "numeric", minute: "2-digit" }).format(new Date(at)),
    date: (at: string) =>
      inZone({ day: "numeric", month: "short", year: "numeric" }).format(new Date(at)),
    shortDate: (at: string) => inZone({ day: "numeric", month: "short", ...yearOf(at) }).format(new Date(at)),
    moment: (at: string) =>
      inZone({ day: "numeric", month: "short", ...yearOf(at), hour: "numeric", minute: "2-digit" }).format(
        new Date(at),
      ),
    /** A moment that stands alone, with its zone: "Dec 1, 10:00 AM EST". */
    zoned: (at: string) =>
      inZone({ day: "numeric", month: "short", ...yearOf(at), hour: "numeric", minute: "2-digit", timeZoneName: "short" }).format(
        new Date(at),
      ),
    /** A wall clock's date and time, such as 2026-12-01T10:00: no zone may move it. */
    wallClock: (at: string) =>
      dates({ day: "numeric", month: "short", hour: "numeric", minute: "2-digit", timeZone: "UTC" }).format(
        new Date(`${at}Z`),
      ),
    /** What the store's zone is called for short on a day: "EST". */
    zone: (at: string) =>
      inZone({ hour: "numeric", timeZoneName: "short" }).formatToParts(new Date(at)).find(({ type }) => type === "timeZoneName")?.value ?? zoneOf(timezone),
    /** A time of day such as 09:30, by whose clock ever. */
    clock: (at: string) =>
      dates({ hour: "numeric", minute: "2-digit", timeZone: "UTC" }).format(new Date(`1970-01-01T${at.slice(0, 5)}Z`)),
    /** A heading for the entries of one day. */
    day: (at: string) =>
      inZone({ weekday: "long", day: "numeric", month: "long", ...yearOf(at) }).format(new Date(at)),
    dayKey: (at: string) => daysOf(zoneOf(timezone)).format(new Date(at)),
    either: (parts: string[]) =>
      once("either", () => new Intl.ListFormat(language, { type: "disjunction" })).format(parts),
    list: (parts: string[]) =>
      once("list", () => new Intl.ListFormat(language)).format(parts),
    country: (code: string) =>
      once("country", () => new Intl.DisplayNames(language, { type: "region" })).of(code) ?? code,
    /** A language such as de or en_US by its name; what is no such code stays as it is. */
    tongue: (code: string) =>
      /^[a-z]{2,3}([-_][A-Za-z]{2,4}){0,2}$/.test(code)
        ? (once("tongue", () => new Intl.DisplayNames(language, { type: "language" })).of(code.replaceAll("_", "-")) ?? code)
        : code,
    isPast: (at: string) => new Date(at) <= new Date(now),
  };
}

/** Give a duration in words, in its two largest units: "12 hours", "1 hour 30 minutes"; short: "12 hr". */
export function duration(seconds: number, unitDisplay: "long" | "short" = "long"): string {
  const units = [
    [86400, "day"],
    [3600, "hour"],
    [60, "minute"],
    [1, "second"],
  ] as const;
  const parts: string[] = [];
  let rest = seconds;
  for (const [size, unit] of units) {
    const count = Math.floor(rest / size);
    if (!count || parts.length === 2) continue;
    rest -= count * size;
    // German shortens days as "Tg.", which nobody says.
    parts.push(numbersOf(language, { style: "unit", unit, unitDisplay: unit === "day" ? "long" : unitDisplay }).format(count));
  }
  return parts.join(" ") || numbersOf(language, { style: "unit", unit: "second", unitDisplay }).format(0);
}

const ISO = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const SIZES = [604_800, 86_400, 3_600, 60, 1];

/** Read an ISO 8601 duration; 0 for what is none. */
export function secondsOf(value: unknown): number {
  const found = typeof value === "string" ? ISO.exec(value) : null;
  if (!found) return 0;
  return SIZES.reduce((sum, size, place) => sum + size * Number(found[place + 1] ?? 0), 0);
}
