// The way to a question: it loads as soon as a pointer or the focus is at its button, and shows at once.
import { lazy, Suspense, useRef } from "react";
import type { QuestionProps } from "./Question";

const load = () => import("./Question");
const Question = lazy(load);

/** What fails here fails again when the question is asked, and is told then. */
const prepare = () => void load().catch(() => undefined);

/** For the button that asks. */
export const asks = { "aria-haspopup": "dialog", onPointerEnter: prepare, onFocus: prepare } as const;

export function Asked(props: QuestionProps) {
  const wasAsked = useRef(false);
  wasAsked.current ||= props.isOpen;
  return <Suspense>{wasAsked.current && <Question {...props} />}</Suspense>;
}
