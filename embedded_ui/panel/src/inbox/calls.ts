// What the inbox asks of the API and does there; it feels live: asked again every few seconds while it is seen.
import { type QueryClient, keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { api, send } from "../api";
import type { ConversationLine, ConversationList, Done, Judged, SavedReplies, Thread } from "../types";
import { words } from "./words";

export const OFTEN = 2_500; // ms
export const ALL = "all";
export type Narrowed = { show: string; channel: string; search: string; sort: string };
export const isNarrowed = ({ show, channel, search }: Narrowed) => show !== ALL || Boolean(channel || search);

const asked = (parts: Record<string, string>) =>
  new URLSearchParams(Object.entries(parts).filter(([, value]) => value)).toString();

export function useConversations(narrowed: Narrowed) {
  return useKept(useConversationsNow(narrowed));
}

/** What was shown last stays, and so does why it is not renewed, until an answer comes. */
function useKept<Asked extends { data: unknown; error: Error | null; isSuccess: boolean }>(asked: Asked): Asked {
  const data = useRef(asked.data);
  const error = useRef<Error | null>(null);
  if (asked.data) data.current = asked.data;
  if (asked.error) error.current = asked.error;
  else if (asked.isSuccess && !("isPlaceholderData" in asked && asked.isPlaceholderData)) error.current = null;
  return { ...asked, data: data.current, error: error.current } as Asked;
}

const useConversationsNow = (narrowed: Narrowed) =>
  useInfiniteQuery({
    queryKey: ["conversations", narrowed],
    queryFn: ({ pageParam }) => api<ConversationList>(`/conversations?${asked({ ...narrowed, before: pageParam })}`),
    initialPageParam: "",
    getNextPageParam: (last) => last.before ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: OFTEN,
  });

export const useThread = (id: string) => useKept(useThreadNow(id));

const useThreadNow = (id: string) =>
  useInfiniteQuery({
    queryKey: ["thread", id],
    queryFn: ({ pageParam }) => api<Thread>(`/conversations/${id}?${asked({ before: pageParam })}`),
    initialPageParam: "",
    getNextPageParam: (last) => last.before ?? undefined,
    refetchInterval: OFTEN,
  });

export const useSaved = () =>
  useQuery({ queryKey: ["saved-replies"], queryFn: () => api<SavedReplies>("/saved-replies") });

export const again = (queries: QueryClient) =>
  Promise.all(["conversation", "conversations", "thread", "unread"].map((key) => queries.invalidateQueries({ queryKey: [key] })));

/** Do one of the things that are done with a conversation as a whole. */
export function useDeed(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ deed, body }: { deed: string; body?: unknown }) =>
      send<Done | Judged>("POST", `/conversations/${id}/${deed}`, body),
    onSuccess: () => again(queries),
  });
}

export type Draft = {
  channel: string;
  text: string;
  key: string;
  seen: number;
  anyway: boolean;
  product_id: string | null;
  comment_id?: string;
  template?: { name: string; language: string; values: Record<string, string> };
};

const TOLD_EVERY = 4_000; // ms

/** Tell the others of the team that an answer is being written here, now and then while it is. */
export function useWriting(id: string): () => void {
  const told = useRef(0);
  return () => {
    if (Date.now() - told.current < TOLD_EVERY) return;
    told.current = Date.now();
    // Who is not told of it is told by the server before they send.
    void send("POST", `/conversations/${id}/writing`).catch(() => undefined);
  };
}

export function useReply(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (draft: Draft) => send<{ id: string }>("POST", `/conversations/${id}/replies`, draft),
    onSuccess: () => again(queries),
  });
}

export const nameOf = ({ name, is_test }: ConversationLine) => name || (is_test ? words.test.visitor : words.unnamed);
