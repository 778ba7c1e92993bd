// What was just done, said for a moment where no admin has a toast of its own for it.
import { Check } from "lucide-react";
import { useEffect, useState } from "react";
import { TOAST } from "../api";

const SHOWN = 6_000; // ms

export function Toast() {
  const [said, setSaid] = useState<{ text: string } | null>(null);
  useEffect(() => {
    const hear = (told: Event) => setSaid({ text: (told as CustomEvent<string>).detail });
    window.addEventListener(TOAST, hear);
    return () => window.removeEventListener(TOAST, hear);
  }, []);
  useEffect(() => {
    if (!said) return;
    const over = setTimeout(() => setSaid(null), SHOWN);
    return () => clearTimeout(over);
  }, [said]);
  // Always there: a screen reader tells what comes into a region that it knows.
  return (
    <div className="toastplace" role="status">
      {said && (
        <p className="toast">
          <Check size={16} aria-hidden />
          {said.text}
        </p>
      )}
    </div>
  );
}
