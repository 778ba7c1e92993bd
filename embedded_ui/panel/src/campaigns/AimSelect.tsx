// Choosing whom something is for: a segment of the store, or everyone.
import { useQuery } from "@tanstack/react-query";
import { api } from "../api";
import type { SegmentNames } from "../types";
import { words } from "./words";

type Props = { id?: string; label?: string; value: string; choose: (segment: string) => void; nobody?: string };

/** "" stands for everyone, or for nobody yet where `nobody` says so. */
export function AimSelect({ id, label, value, choose, nobody }: Props) {
  const { data } = useQuery({
    queryKey: ["segments", "names"],
    queryFn: () => api<SegmentNames>("/segments/names"),
  });
  return (
    <select id={id} className="input" aria-label={label} value={value} onChange={(event) => choose(event.target.value)}>
      <option value="">{nobody ?? words.everyone}</option>
      {data?.segments.map(({ id: segment, name }) => (
        <option key={segment} value={segment}>
          {name}
        </option>
      ))}
    </select>
  );
}
