// A word with its meaning: opens by pointer, focus or tap. Its popup loads when it is first wanted.
import { lazy, Suspense, useId, useRef, useState } from "react";

const Definition = lazy(() => import("./Definition"));
const PAUSE = 150; // ms a pointer rests on the word

export function Defined({ label, text }: { label: string; text: string }) {
  const word = useRef<HTMLButtonElement>(null);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [isOpen, open] = useState(false);
  const [isWanted, want] = useState(false);
  const meaning = useId();
  const show = (pause: number) => {
    want(true);
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => open(true), pause);
  };
  const hide = () => {
    clearTimeout(waiting.current);
    open(false);
  };
  return (
    <>
      <button
        ref={word}
        type="button"
        className="kl"
        aria-describedby={meaning}
        onPointerEnter={() => show(PAUSE)}
        onPointerLeave={hide}
        onFocus={() => show(0)}
        onBlur={hide}
        onClick={() => show(0)}
        onKeyDown={(event) => event.key === "Escape" && hide()}
      >
        {label}
      </button>
      <span id={meaning} hidden>
        {text}
      </span>
      {isWanted && (
        <Suspense>
          <Definition anchor={word} isOpen={isOpen} text={text} />
        </Suspense>
      )}
    </>
  );
}
