// The button that leads to logo and colours, wherever they are spoken of.
import { Palette } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { words } from "./words";

// What opens on a click is loaded then.
const LookDialog = lazy(() => import("./LookDialog"));

/** `id` is the button's, where something leads to it. */
export function LookButton({ id }: { id?: string }) {
  const [isOpen, open] = useState(false);
  return (
    <>
      <button type="button" className="btn" id={id} onClick={() => open(true)}>
        <Palette size={14} aria-hidden />
        {words.open}
      </button>
      <Suspense>{isOpen && <LookDialog isOpen open={open} />}</Suspense>
    </>
  );
}
