// The checks of the message: run again when nothing has changed for a moment, its links when one asks.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { IssueList } from "../types";
import { isBlank, type Template } from "./blocks";
import * as calls from "./calls";
import { useSettled } from "./settled";

const IDLE = 900; // ms without a change before the message is checked again
const OF_LINKS = new Set(["link_broken", "link_unsure"]);

export function useChecking(template: Template, about: calls.About) {
  const settled = useSettled(template, IDLE);
  const isReady = !isBlank(settled);
  const last = useRef<IssueList | undefined>(undefined);
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["checks", settled, about],
    queryFn: ({ signal }) => calls.check(settled, about, false, signal),
    enabled: isReady,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  if (data) last.current = data;
  const links = useMutation({ mutationFn: () => calls.check(template, about, true) });
  const { reset } = links;
  useEffect(() => {
    reset();
  }, [template, reset]);
  const shown = isReady ? (data ?? last.current) : undefined;
  const ofLinks = links.data?.issues.filter((issue) => OF_LINKS.has(issue.code)) ?? [];
  return {
    issues: [...(shown?.issues ?? []).filter((issue) => !OF_LINKS.has(issue.code) || !links.data), ...ofLinks],
    error: links.error ?? error,
    isBusy: isFetching || settled !== template,
    isLinks: links.isPending,
    haveLinks: links.isSuccess,
    checkLinks: () => links.mutate(),
    retry: () => (links.error ? links.mutate() : void refetch()),
  };
}
export type Checking = ReturnType<typeof useChecking>;
