// What is wrong with a document, as the server says of what is on the screen right now.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { send } from "../api";
import type { FlowDocument } from "../builder/document";
import type { Check, DocumentProblem } from "../types";

const PAUSE = 500; // ms without an edit before the server is asked
const NONE: DocumentProblem[] = [];

export function useCheck(flowId: string, document: FlowDocument) {
  const [settled, settle] = useState(document);
  useEffect(() => {
    const timer = setTimeout(() => settle(document), PAUSE);
    return () => clearTimeout(timer);
  }, [document]);
  const { data, isFetching } = useQuery({
    queryKey: ["flow-check", flowId, settled],
    queryFn: () => send<Check>("POST", `/flows/check?flow=${flowId}`, settled),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 30_000,
  });
  return { check: data, isChecking: isFetching || settled !== document };
}

/** Give the problems of the document on the screen; until they are known, those of the kept draft. */
export function useProblems(flowId: string, document: FlowDocument, kept: DocumentProblem[]): DocumentProblem[] {
  const { check } = useCheck(flowId, document);
  return check?.problems ?? kept ?? NONE;
}
