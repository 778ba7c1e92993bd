// How the draft stands: saved and when, being saved, kept in this browser, refused.
import { Check, CircleAlert, CloudOff, LoaderCircle } from "lucide-react";
import { ApiError } from "../api";
import { useStore } from "../store";
import { sentenceOf } from "../ui/sentence";
import { placeOf } from "../inspector/placeOf";
import type { FlowDocument } from "./document";
import type { Keeping } from "./useKeeping";
import { words } from "./words";

type Go = (stepId: string | null, field?: string) => void;
type Props = { keeping: Keeping; document: FlowDocument; retry: () => void; go: Go };

export function SaveState({ keeping, document, retry, go }: Props) {
  const { format, store } = useStore();
  // In the little room of the bar an earlier day stands without its hour, which the pointer shows.
  const isToday = (at: string) => format.dayKey(at) === format.dayKey(store.now);
  const when = (at: string) => (isToday(at) ? format.zonedTime(at) : format.shortDate(at));
  const size = { size: 14, "aria-hidden": true };
  const told = () => {
    switch (keeping.state) {
      case "saved":
        return keeping.at ? <span title={format.zoned(keeping.at)}><Check {...size} />{words.saved(when(keeping.at))}</span> : null;
      case "unsaved":
      case "saving":
        return <><LoaderCircle {...size} />{words.saving}</>;
      case "offline":
        return <span className="savewarn"><CloudOff {...size} />{words.offline}</span>;
      case "conflict":
        return <span className="savewarn"><CircleAlert {...size} />{words.conflictShort}</span>;
      case "refused":
        return (
          <span className="savebad">
            <CircleAlert {...size} />
            {words.refused(whyNot(keeping.error, document))}
            <Lead to={firstOf(keeping.error)} go={go} />
            <button type="button" className="btn" onClick={retry}>{words.again}</button>
          </span>
        );
    }
  };
  return (
    <span className="savestate small sub" role="status">
      {told()}
    </span>
  );
}

function Lead({ to, go }: { to: { step?: string; field?: string } | undefined; go: Go }) {
  if (!to) return null;
  return <button type="button" className="btn" onClick={() => go(to.step || null, to.field)}>{words.show}</button>;
}

/** Give the first of what the server could not read. */
export const firstOf = (error: unknown) => (error instanceof ApiError ? error.problems[0] : undefined);

/** Say what the server refused, at which step, as the list of problems does. */
export function whyNot(error: unknown, document: FlowDocument): string {
  if (!(error instanceof ApiError)) return "";
  if (error.status === 0 || error.status >= 500) return words.offline;
  const [first] = error.problems;
  return first?.step ? words.refusedAt(placeOf(document, first.step), sentenceOf(first)) : error.message;
}
