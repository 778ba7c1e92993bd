// What the canvas says at its foot: that something was taken out, or looks for a place.
import { Undo2, X } from "lucide-react";
import { useEffect } from "react";
import { words } from "./words";

const SHOWN = 10_000;

/** Say what was taken out, with a button to put it back; it goes by itself. */
export function Undone({ notice, undo, dismiss }: { notice: string | null; undo: () => void; dismiss: () => void }) {
  useEffect(() => {
    if (!notice) return undefined;
    const timer = setTimeout(dismiss, SHOWN);
    return () => clearTimeout(timer);
  }, [notice, dismiss]);
  if (!notice) return null;
  return (
    <div className="foot">
      <span>{notice}</span>
      <button type="button" className="btn" onClick={undo}>
        <Undo2 size={14} aria-hidden />
        {words.undo}
      </button>
      <button type="button" className="btn plain icon" aria-label={words.dismiss} onClick={dismiss}>
        <X size={14} aria-hidden />
      </button>
    </div>
  );
}

export function MovingBar({ count, cancel }: { count: number; cancel: () => void }) {
  if (!count) return null;
  return (
    <div className="foot">
      <span>{words.moving(count)}</span>
      <button type="button" className="btn" onClick={cancel}>
        {words.cancel}
      </button>
    </div>
  );
}
