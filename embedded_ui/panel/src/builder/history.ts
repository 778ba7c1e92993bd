// What was done to a document and can be undone, without an end; one entry an edit.

export type History<T> = { past: T[]; now: T; next: T[] };

export const begin = <T>(now: T): History<T> => ({ past: [], now, next: [] });

/** Go on with a new state; what was undone before is gone. */
export const commit = <T>(history: History<T>, now: T): History<T> =>
  now === history.now ? history : { past: [...history.past, history.now], now, next: [] };

export function undo<T>(history: History<T>): History<T> {
  const now = history.past.at(-1);
  if (now === undefined) return history;
  return { past: history.past.slice(0, -1), now, next: [history.now, ...history.next] };
}

export function redo<T>(history: History<T>): History<T> {
  const [now, ...next] = history.next;
  return now === undefined ? history : { past: [...history.past, history.now], now, next };
}
