// Where a refused form shows what is wrong: at a field, to which one is brought, or nowhere yet.
import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import { ApiError } from "../api";

/** Give the form's ref, and whether a field of it shows what the server refused: then no banner has to. */
export function useAtField(error: unknown): [RefObject<HTMLFormElement | null>, boolean] {
  const form = useRef<HTMLFormElement>(null);
  const [isShown, tell] = useState(false);
  useLayoutEffect(() => {
    const shown = error instanceof ApiError && error.field ? form.current?.querySelector<HTMLElement>("[aria-invalid=true], .wrong") : null;
    tell(Boolean(shown));
    shown?.focus();
  }, [error]);
  return [form, isShown];
}
