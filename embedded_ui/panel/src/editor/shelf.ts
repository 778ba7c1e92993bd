// What is written in a message and not kept yet, in this browser: it outlives a reload and a closed window.
//
// A browser that blocks storage in frames throws: then it lives as long as the page does.
import type { Template } from "./blocks";

/** By step: what was written, and what the server may have had of it by then. */
export type Unkept = Record<string, { mine: Template; bases: Template[] }>;
export type Shelf = { read: () => Unkept; write: (unkept: Unkept) => void };

export function shelfOf(name: string[]): Shelf {
  const key = ["reprise.message", ...name].join(".");
  return {
    read: () => {
      try {
        return (JSON.parse(localStorage.getItem(key) ?? "{}") ?? {}) as Unkept;
      } catch {
        return {};
      }
    },
    write: (unkept) => {
      try {
        if (Object.keys(unkept).length) localStorage.setItem(key, JSON.stringify(unkept));
        else localStorage.removeItem(key);
      } catch {
        return;
      }
    },
  };
}
