// The panel's data cache, and what it does with answers that were asked for before it was there.
import { notifyManager, type Query, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./api";

/** Say whether to ask again: what the server refuses, it refuses the next time too. */
export const retry = (failures: number, error: unknown) =>
  failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500);

// A button is off before a second click can come: by itself the cache tells only in a task of its own.
notifyManager.setScheduler(queueMicrotask);

export const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 15_000, refetchOnWindowFocus: true, retry } },
});

// What failed stays failed until there is an answer: by itself the cache forgets it as soon as it asks again, and a page
// that keeps asking would turn from its words into grey shapes and back.
const failed = new WeakMap<Query, Error>();
queries.getQueryCache().subscribe((event) => {
  if (event.type !== "updated") return;
  const { query, action } = event;
  if (action.type === "error") failed.set(query, action.error as Error);
  const error = failed.get(query);
  if (action.type === "fetch" && error && query.state.status === "pending") query.setState({ error, status: "error" });
});

/** Resolve once nothing is being asked for, or when that takes too long to show nothing meanwhile. */
export function quiet(atMost: number): Promise<void> {
  return new Promise((resolve) => {
    const cache = queries.getQueryCache();
    const forget = cache.subscribe(look);
    const late = setTimeout(done, atMost);
    look();

    function look() {
      if (!queries.isFetching()) done();
    }
    function done() {
      forget();
      clearTimeout(late);
      resolve();
    }
  });
}
