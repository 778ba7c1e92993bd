// A reply on its way to the server: seen at once; where it failed it stays, with what helps.
import { ApiError } from "../api";
import { Failure } from "../ui/states";
import type { Draft } from "./calls";
import { State } from "./Entry";
import { words } from "./words";

export function Pending({ draft, error, send }: { draft: Draft; error: unknown; send: (draft: Draft) => void }) {
  const isCrossed = error instanceof ApiError && error.field === "seen";
  return (
    <li className="ibsaid">
      <div className="ibbubble">
        <span className="small sub">{words.you}</span>
        <p>{draft.text}</p>
      </div>
      {!error && (
        <div className="small sub inline">
          <State state="sending" />
        </div>
      )}
      {Boolean(error) && <Failure error={error} retry={() => send(draft)} />}
      {isCrossed && (
        <button type="button" className="btn" onClick={() => send({ ...draft, anyway: true })}>
          {words.sendAnyway}
        </button>
      )}
    </li>
  );
}
