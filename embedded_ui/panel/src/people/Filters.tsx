// Narrows the customers' list: by a segment, by what they said of e-mail, by the channel that reaches them.
import { useQuery } from "@tanstack/react-query";
import { api } from "../api";
import { strings } from "../strings";
import { words } from "./words";

export type Narrowed = { segment: string; consent: string; reach: string };
type Listed = { segments: { id: string; name: string }[] };

type Props = { narrowed: Narrowed; narrow: (to: Narrowed) => void; channels: string[] };

export function Filters({ narrowed, narrow, channels }: Props) {
  const { data } = useQuery({
    queryKey: ["segments", "names"],
    queryFn: () => api<Listed>("/segments/names"),
  });
  return (
    <>
      <select
        className="input"
        aria-label={words.segment}
        value={narrowed.segment}
        onChange={(event) => narrow({ ...narrowed, segment: event.target.value })}
      >
        <option value="">{words.everySegment}</option>
        {data?.segments.map((segment) => (
          <option key={segment.id} value={segment.id}>
            {segment.name}
          </option>
        ))}
      </select>
      <select
        className="input"
        aria-label={words.consent}
        value={narrowed.consent}
        onChange={(event) => narrow({ ...narrowed, consent: event.target.value })}
      >
        <option value="">{words.everyConsent}</option>
        {Object.entries(words.consents).map(([state, label]) => (
          <option key={state} value={state}>
            {label}
          </option>
        ))}
      </select>
      <select
        className="input"
        aria-label={words.reach}
        value={narrowed.reach}
        onChange={(event) => narrow({ ...narrowed, reach: event.target.value })}
      >
        <option value="">{words.everyReach}</option>
        {channels.map((channel) => (
          <option key={channel} value={channel}>
            {words.reachedBy(strings.channels[channel] ?? channel)}
          </option>
        ))}
      </select>
    </>
  );
}
