// The store whose panel this is, for every page: its profile, and how it writes numbers and times.
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { ApiError, api } from "./api";
import { type Format, formatOf } from "./format";
import { retry } from "./queries";
import type { Store } from "./types";
import { PageSkeleton } from "./ui/Skeleton";
import { Failure } from "./ui/states";

const Context = createContext<{ store: Store; format: Format } | null>(null);
const isImporting = (store?: Store) =>
  store?.imports.some((part) => part.state === "waiting" || part.state === "running") ?? false;

/** Asked for before the page is drawn: what went wrong then is told, not asked for anew. */
export const storeQuery = { queryKey: ["store"], queryFn: () => api<Store>("/store"), retry, retryOnMount: false };

export function StoreProvider({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useQuery({
    ...storeQuery,
    refetchInterval: ({ state }) => (isImporting(state.data) ? 3_000 : 60_000),
  });
  const value = useMemo(() => data && { store: data, format: formatOf(data) }, [data]);
  // Who may see nothing any more is told so, also where the page was open before.
  const isOut = error instanceof ApiError && (error.isSignedOut || error.status === 403);
  if (isOut || (error && !value)) return <Failure error={error} retry={refetch} isPage />;
  if (!value) return <PageSkeleton />;
  return <Context value={value}>{children}</Context>;
}

/** Give the store and its formatters. */
export function useStore() {
  const value = useContext(Context);
  if (!value) throw new Error("useStore needs a StoreProvider around it");
  return value;
}

/** Say whether the role of whoever has the panel open allows this. */
export const useMay = (right: "read" | "answer" | "edit" | "publish") =>
  useStore().store.you.rights.includes(right);
