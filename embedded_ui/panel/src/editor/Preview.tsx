// The message as it will look: drawn by the server, shown in a frame that runs nothing.
import { CircleAlert, Monitor, Moon, Smartphone, Sun, TextInitial } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "../api";
import { strings } from "../strings";
import type { Preview as Shown } from "../types";
import { sentenceOf } from "../ui/sentence";
import type * as calls from "./calls";
import { useEditing } from "./context";
import type { Drawn } from "./drawn";
import { Frame } from "./Frame";
import { ReaderMenu } from "./ReaderMenu";
import { words } from "./words";

type Device = "desktop" | "phone" | "text";
const WIDTHS = { desktop: 600, phone: 360 };

type Props = { drawn: Drawn; setReader: (reader: calls.Reader) => void };

export function Preview({ drawn: { shown, error, isBusy, refetch }, setReader }: Props) {
  const { chosen, choose } = useEditing();
  const [device, setDevice] = useState<Device>(() => (matchMedia("(max-width: 900px)").matches ? "phone" : "desktop"));
  const [isDark, setDark] = useState(false);
  return (
    <section className="mprev" aria-label={words.previewTitle}>
      <div className="pbar">
        <Devices device={device} set={setDevice} />
        <button type="button" className="btn" aria-pressed={isDark} disabled={device === "text"} onClick={() => setDark(!isDark)}>
          {isDark ? <Moon size={14} aria-hidden /> : <Sun size={14} aria-hidden />}
          {isDark ? words.dark : words.light}
          <span className="vh">{words.previewDark}</span>
        </button>
        <span className="grow" />
        <ReaderMenu name={shown?.about.name ?? undefined} set={setReader} />
      </div>
      <div className="mstage" aria-busy={isBusy} data-busy={isBusy || undefined}>
        {error && !isBusy && <Failed error={error} hasLast={Boolean(shown)} retry={refetch} />}
        {shown && device !== "text" && (
          <>
            <Inbox shown={shown} width={WIDTHS[device]} />
            <Frame html={shown.html} width={WIDTHS[device]} isDark={isDark} chosen={chosen} choose={choose} />
          </>
        )}
        {shown && device === "text" && <pre className="textpart" tabIndex={0}>{shown.text}</pre>}
        {!shown && !error && <span className="sk mpaper" role="status" aria-label={words.drawing} />}
      </div>
    </section>
  );
}

/** The line of the inbox: who writes is the sender's setting, what is said the template's. */
function Inbox({ shown, width }: { shown: Shown; width: number }) {
  return (
    <div className="inbox" style={{ maxInlineSize: width }}>
      <b>{shown.subject || words.noSubject}</b>
      <span>{shown.preview}</span>
    </div>
  );
}

const DEVICES = [
  ["desktop", Monitor],
  ["phone", Smartphone],
  ["text", TextInitial],
] as const;

function Devices({ device, set }: { device: Device; set: (device: Device) => void }) {
  return (
    <div className="seg icons" role="group" aria-label={words.device}>
      {DEVICES.map(([key, Icon]) => (
        <button key={key} type="button" aria-pressed={key === device} title={words.devices[key]} onClick={() => set(key)}>
          <Icon size={14} aria-hidden />
          <span>{words.devices[key]}</span>
        </button>
      ))}
    </div>
  );
}

function Failed({ error, hasLast, retry }: { error: unknown; hasLast: boolean; retry: () => void }) {
  const isOurs = !(error instanceof ApiError) || error.status === 0 || error.status >= 500;
  const refusal = error instanceof ApiError ? error.problems[0] : undefined;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div className={isOurs ? "banner bad" : "banner warn"} role="alert" ref={box}>
      <CircleAlert size={16} aria-hidden />
      <div>
        <b>{words.previewFailed}</b>
        <p>{isOurs ? strings.error.failed : refusal ? sentenceOf(refusal) : error.message}</p>
        {hasLast && <p>{words.previewFailedText}</p>}
        {isOurs && (
          <button type="button" className="btn" onClick={() => retry()}>
            {words.refresh}
          </button>
        )}
      </div>
    </div>
  );
}
