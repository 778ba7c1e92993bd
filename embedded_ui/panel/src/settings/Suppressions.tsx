// Who must not be written to: brought as a file from another program, in parts, with its progress.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useId, useRef, useState } from "react";
import { ApiError, api, send } from "../api";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { Suppressed, SuppressedCount } from "../types";
import { Failure } from "../ui/states";
import { words } from "./words";

const KEY = ["suppressions"];
const LINES_AT_ONCE = 5_000;
const NO_ADDRESS = 422;
const SHOWN = 20; // lines named
type Progress = { done: number; total: number };

export function Suppressions() {
  const id = useId();
  const mayPublish = useMay("publish");
  const [progress, setProgress] = useState<Progress | null>(null);
  const queries = useQueryClient();
  const bring = useMutation({
    mutationFn: (file: File) => bringAll(file, setProgress),
    onSettled: async () => {
      setProgress(null);
      await queries.invalidateQueries({ queryKey: KEY });
    },
  });
  return (
    <section className="card" aria-labelledby={`${id}-title`}>
      <div className="chead">
        <h2 id={`${id}-title`}>{words.list}</h2>
      </div>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.listText}
      </p>
      <div className="field">
        <span className="label" id={`${id}-label`}>
          {words.file}
        </span>
        <Choose isOff={!mayPublish || bring.isPending} labelledBy={`${id}-label`} chosen={bring.mutate} />
        {bring.variables && <span className="hint">{words.fileName(bring.variables.name)}</span>}
        {!mayPublish && <span className="hint">{strings.mayNot.publish}</span>}
      </div>
      {progress && <Bar {...progress} />}
      {bring.error && <Failure error={bring.error} retry={() => bring.reset()} />}
      {bring.data && <Result {...bring.data} />}
      <Counted />
    </section>
  );
}

type ChooseProps = { isOff: boolean; labelledBy: string; chosen: (file: File) => void };

/** A button in our words: the browser's own speaks its own language. */
function Choose({ isOff, labelledBy, chosen }: ChooseProps) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <div>
      <button
        type="button"
        className="btn"
        disabled={isOff}
        aria-describedby={labelledBy}
        onClick={() => field.current?.click()}
      >
        <Upload size={16} aria-hidden />
        {words.chooseFile}
      </button>
      <input
        ref={field}
        hidden
        type="file"
        aria-labelledby={labelledBy}
        accept=".csv,.txt,text/csv,text/plain"
        disabled={isOff}
        onChange={({ target }) => {
          const file = target.files?.[0];
          if (file) chosen(file);
          target.value = "";
        }}
      />
    </div>
  );
}

/** Send a file in parts: a long one shows how far it is, and a broken line costs one part only. */
async function bringAll(file: File, tell: (progress: Progress) => void): Promise<Suppressed> {
  const lines = (await textOf(file)).split(/\r\n|\n|\r/);
  const sum: Suppressed = { added: 0, known: 0, wrong: 0, wrong_lines: [] };
  for (let start = 0; start < lines.length; start += LINES_AT_ONCE) {
    tell({ done: start, total: lines.length });
    const part = await bringPart(lines.slice(start, start + LINES_AT_ONCE), lines.length <= LINES_AT_ONCE);
    sum.added += part.added;
    sum.known += part.known;
    sum.wrong += part.wrong;
    sum.wrong_lines.push(...part.wrong_lines.map((line) => line + start));
  }
  return sum;
}

/** Read what spreadsheets write, in UTF-8 or UTF-16; a picture or a workbook is refused before anything is sent. */
async function textOf(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const mark = `${bytes[0]} ${bytes[1]}`;
  const text = new TextDecoder({ "255 254": "utf-16le", "254 255": "utf-16be" }[mark] ?? "utf-8").decode(bytes);
  if (text.includes("\0")) throw new ApiError(NO_ADDRESS, words.noList, "text");
  return text;
}

async function bringPart(lines: string[], isAll: boolean): Promise<Suppressed> {
  try {
    return await send<Suppressed>("POST", "/suppressions", { text: lines.join("\n") || " " });
  } catch (error) {
    const isBlank = error instanceof ApiError && error.status === NO_ADDRESS && !isAll;
    if (!isBlank) throw error;
    return { added: 0, known: 0, wrong: lines.filter((line) => line.trim()).length, wrong_lines: [] };
  }
}

function Bar({ done, total }: Progress) {
  const { format } = useStore();
  return (
    <ul className="bars" aria-live="polite">
      <li>
        <span>{words.reading(format.int(done), format.int(total))}</span>
        <span className="bar">
          <i style={{ inlineSize: `${(100 * done) / total}%` }} />
        </span>
      </li>
    </ul>
  );
}

function Result({ added, known, wrong, wrong_lines }: Suppressed) {
  const { format } = useStore();
  return (
    <div className="banner info" role="status">
      <div>
        <p>
          <b>{words.added(added, format.int(added))}</b>
        </p>
        {known > 0 && <p>{words.known(known, format.int(known))}</p>}
        {wrong > 0 && <p>{words.wrong(wrong, format.int(wrong))}</p>}
        {wrong_lines.length > 0 && (
          <p className="hint">{linesSaid(wrong, format.list(wrong_lines.slice(0, SHOWN).map(String)))}</p>
        )}
      </div>
    </div>
  );
}

const linesSaid = (wrong: number, lines: string) =>
  wrong > SHOWN ? words.firstWrongLines(lines) : words.wrongLines(wrong, lines);

function Counted() {
  const { format } = useStore();
  const { data } = useQuery({ queryKey: KEY, queryFn: () => api<SuppressedCount>("/suppressions") });
  const reasons = Object.entries(data?.reasons ?? {});
  if (!reasons.length) return null;
  return (
    <div className="note">
      <h3>{words.suppressed}</h3>
      <dl className="st num">
        {reasons.map(([reason, count]) => (
          <div key={reason} className="between">
            <dt>{words.reasons[reason] ?? reason}</dt>
            <dd>{format.int(count)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
