// How many a definition would have, while it is being written: exact as soon as may be, about until then.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { send } from "../api";
import { isComplete, type Test } from "../conditions/condition";
import type { CountedSegment, Estimate } from "../types";
import { useSettled } from "../ui/useSettled";

const PAUSE = 400; // ms without an edit before the server counts
const LONG = 2000; // ms of counting after which an estimate is shown meanwhile

export type Counted = {
  exact: CountedSegment | undefined;
  estimate: Estimate | undefined;
  /** What is shown meanwhile is of the definition before. */
  isCounting: boolean;
  error: unknown;
};

export function useCount(condition: Test | null): Counted {
  const isReady = condition !== null && isComplete(condition);
  const told = isReady ? JSON.stringify(condition) : "";
  const settled = useSettled(told, PAUSE);
  const body = () => ({ name: "-", condition: JSON.parse(settled) as Test });
  const counting = useQuery({
    queryKey: ["segment-count", settled],
    queryFn: ({ signal }) => send<CountedSegment>("POST", "/segments/count", body(), signal),
    enabled: settled !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });
  const isBusy = counting.isFetching && (counting.isPlaceholderData || !counting.data);
  const isSlow = useSlow(isBusy, settled);
  const estimating = useQuery({
    queryKey: ["segment-estimate", settled],
    queryFn: ({ signal }) => send<Estimate>("POST", "/segments/estimate", body(), signal),
    enabled: settled !== "" && isSlow,
    retry: false,
  });
  const isCounting = told !== "" && (told !== settled || isBusy);
  return {
    exact: told ? counting.data : undefined,
    estimate: isCounting && told === settled ? estimating.data : undefined,
    isCounting,
    error: counting.error,
  };
}

function useSlow(isGoing: boolean, of: string): boolean {
  const [slow, say] = useState("");
  useEffect(() => {
    if (!isGoing) return;
    const waiting = setTimeout(() => say(of), LONG);
    return () => clearTimeout(waiting);
  }, [isGoing, of]);
  return isGoing && slow === of && of !== "";
}
