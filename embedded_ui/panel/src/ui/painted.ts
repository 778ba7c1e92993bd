// Waiting for the screen: what nobody looks at yet is asked for once the page can be read.
import { useEffect, useState } from "react";

/** Resolve once what is being drawn is on the screen. */
export const painted = () => new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done)));

/** True once what was drawn first is on the screen: for what is looked at after the rest, and has its room kept. */
export function usePainted(): boolean {
  const [isPainted, set] = useState(false);
  useEffect(() => void painted().then(() => set(true)), []);
  return isPainted;
}
