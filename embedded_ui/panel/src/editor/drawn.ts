// The preview as the server draws it; the last good one stays until there is another.
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import type { Preview } from "../types";
import { isBlank, type Template } from "./blocks";
import * as calls from "./calls";
import { drawable } from "./drawable";
import { useSettled } from "./settled";

export function useDrawn(template: Template, about: calls.About, reader: calls.Reader) {
  const settled = useSettled(template);
  const last = useRef<Preview | undefined>(undefined);
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["preview", settled, about, reader],
    queryFn: ({ signal }) => calls.preview(drawable(settled), about, reader, signal),
    enabled: !isBlank(settled),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });
  if (data) last.current = data;
  return { shown: data ?? last.current, error, isBusy: isFetching || settled !== template, refetch };
}
export type Drawn = ReturnType<typeof useDrawn>;
