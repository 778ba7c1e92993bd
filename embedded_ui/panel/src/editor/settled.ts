// A value that waits until nobody has changed it for a moment.
import { useEffect, useState } from "react";

export function useSettled<T>(value: T, pause = 250): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const waiting = setTimeout(() => settle(value), pause);
    return () => clearTimeout(waiting);
  }, [value, pause]);
  return settled;
}
