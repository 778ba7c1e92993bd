// What is read in the inbox before anything else: the subject, and the words behind it.
import { readable } from "../readable";
import { useStore } from "../store";
import { useEditing } from "./context";
import { Line } from "./Line";
import { words } from "./words";

const SUBJECT = 60; // characters that phones show
const PREVIEW = 90;

/** `subject` is the one that the preview has, once it is that of what is written. */
export function Envelope({ subject }: { subject: string | undefined }) {
  const { template, edit, tags } = useEditing();
  const shown = Object.fromEntries((tags?.tags ?? []).map(({ name, example }) => [name, example]));
  const reads = (text: string, drawn?: string) => (/\{[{%]/.test(text) ? words.reads(drawn ?? readable(text, shown)) : undefined);
  const preview = template.preview ?? "";
  return (
    <section className="menv" aria-label={words.envelope}>
      <Line
        label={words.subject}
        block={null}
        field="subject"
        value={template.subject}
        hint={reads(template.subject, subject)}
        change={(text) => edit({ ...template, subject: text }, "subject")}
        meter={<Meter text={template.subject.trim() ? (subject ?? readable(template.subject)) : ""} most={SUBJECT} />}
      />
      <Line
        label={words.preview}
        block={null}
        field="preview"
        placeholder={words.previewHint}
        value={preview}
        hint={reads(preview)}
        change={(preview) => edit({ ...template, preview }, "preview")}
        meter={<Meter text={readable(preview)} most={PREVIEW} />}
      />
    </section>
  );
}

/** How long it is, for people: details as they are shown, or as they are called. */
function Meter({ text, most }: { text: string; most: number }) {
  const { format } = useStore();
  const length = [...text].length;
  const isLong = length > most;
  return (
    <span className={isLong ? "meter long" : "meter"}>
      <span className="num">{words.meter(format.int(length), format.int(most))}</span>
      <span className="mbar" aria-hidden>
        <i style={{ inlineSize: `${Math.min(1, length / most) * 100}%` }} />
      </span>
      {isLong && <span className="vh">{words.tooLong}</span>}
    </span>
  );
}
