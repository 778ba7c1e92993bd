// A value once it has stood still for a while: what is searched for, not every key on the way there.
import { useEffect, useState } from "react";

export function useSettled<T>(value: T, pause: number): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const waiting = setTimeout(() => settle(value), pause);
    return () => clearTimeout(waiting);
  }, [value, pause]);
  return settled;
}
