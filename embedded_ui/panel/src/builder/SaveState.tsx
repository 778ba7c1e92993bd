// How the draft stands: saved and when, being saved, kept in this browser, refused.
import { Check, CircleAlert, CloudOff, LoaderCircle } from "lucide-react";
import { ApiError } from "../api";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Keeping } from "./useKeeping";
import { words } from "./words";

export function SaveState({ keeping, retry }: { keeping: Keeping; retry: () => void }) {
  const { format, store } = useStore();
  const when = (at: string) => (format.dayKey(at) === format.dayKey(store.now) ? format.time(at) : format.moment(at));
  const size = { size: 14, "aria-hidden": true };
  const told = () => {
    switch (keeping.state) {
      case "saved":
        return keeping.at ? <><Check {...size} />{words.saved(when(keeping.at))}</> : null;
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
            {words.refused(keeping.error instanceof ApiError ? keeping.error.message : "")}
            <button type="button" className="btn" onClick={retry}>{words.again}</button>
          </span>
        );
    }
  };
  return (
    <span className="savestate small sub" role="status" title={strings.customer.times(format.timeZone)}>
      {told()}
    </span>
  );
}
