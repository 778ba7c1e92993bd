// Two people wrote the same message: what each did, and whose words stay.
import { Users } from "lucide-react";
import { useStore } from "../store";
import type { Draft, Status } from "./keeping";
import { words } from "./words";

export function Conflict({ draft, status }: { draft: Draft; status: Status }) {
  const { format } = useStore();
  if (status.kind !== "conflict") return null;
  const { changed_at, changed_by } = status.theirs;
  return (
    <div className="banner warn conflict" role="alert">
      <Users size={16} aria-hidden />
      <div>
        <b>{changed_by?.kind === "you" ? words.conflictYou : words.conflictTitle(changed_by?.name ?? null)}</b>
        <p>{words.conflictText(changed_at && format.zonedTime(changed_at))}</p>
        <div className="inline">
          <button type="button" className="btn" onClick={() => draft.settle(true)}>
            {words.keepMine}
          </button>
          <button type="button" className="btn" onClick={() => draft.settle(false)}>
            {words.takeTheirs}
          </button>
        </div>
      </div>
    </div>
  );
}
