// Undo and redo by the keys that everybody knows, wherever the focus is.
import { useEffect, useRef } from "react";

export function useKeys(acts: { undo: () => void; redo: () => void }) {
  const now = useRef(acts);
  now.current = acts;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as Element | null;
      if (!(event.ctrlKey || event.metaKey) || target?.closest('[role="dialog"]')) return;
      const key = event.key.toLowerCase();
      const isRedo = key === "y" || (key === "z" && event.shiftKey);
      if (!isRedo && key !== "z") return;
      event.preventDefault();
      if (isRedo) now.current.redo();
      else now.current.undo();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
