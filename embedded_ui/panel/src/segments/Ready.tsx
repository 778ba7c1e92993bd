// Ready-made segments, each with how many it would have, to add in a click.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { ApiError, api, send, toast } from "../api";
import { Picker } from "../conditions/Picker";
import "../conditions/conditions.css";
import { useStore } from "../store";
import type { CountedSegment, OfferedSegment, OfferedSegments, RfmGrid, Segment } from "../types";
import { Skeleton } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { words } from "./words";

const says = words.ready;

export function Ready({ isToldAbove }: { isToldAbove: boolean }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["segments", "ready"],
    queryFn: () => api<OfferedSegments>("/segments/ready"),
  });
  // One after the other: fourteen counts at once would be felt in a large store.
  const [done, finish] = useState(0);
  if (error && isToldAbove) return null;
  if (error) return <Failure error={error} retry={refetch} />;
  if (!data?.ready.length) return null;
  return (
    <section className="card" aria-labelledby="ready-made" style={{ marginBlockStart: 16 }}>
      <h2 id="ready-made">{says.title}</h2>
      <p className="sub">{says.text}</p>
      <ul className="ready">
        {data.ready.map((one, place) => (
          <Card key={one.key} one={one} isTurn={place <= done} counted={() => finish((last) => Math.max(last, place + 1))} />
        ))}
      </ul>
    </section>
  );
}

const SPENT = "spent-over-500";
type CardProps = { one: OfferedSegment; isTurn: boolean; counted: () => void };

function Card({ one, isTurn, counted }: CardProps) {
  const [parameter, choose] = useState("");
  const own = useName(one);
  const title = one.parameter && parameter ? says.interestedIn(parameter) : own;
  const add = useAdd(one, parameter, title);
  const refused = add.error instanceof ApiError ? add.error.message : null;
  return (
    <li>
      <div>
        <h3>{own}</h3>
        {one.parameter ? (
          <div className="field" style={{ marginBlock: 4 }}>
            <Picker of="categories" label={says.category} values={parameter ? [parameter] : []} choose={([value]) => choose(value ?? "")} />
            <Skip done={isTurn} counted={counted} hint={says.categoryHint} />
          </div>
        ) : (
          <Size one={one} isTurn={isTurn} counted={counted} />
        )}
        {refused && (
          <p className="wrong small" role="alert">
            {refused}
          </p>
        )}
      </div>
      <div>
        <button
          type="button"
          className="btn"
          aria-label={says.addOf(title)}
          disabled={add.isPending || Boolean(one.parameter && !parameter)}
          onClick={() => add.mutate()}
        >
          <Plus size={16} aria-hidden /> {says.add}
        </button>
      </div>
    </li>
  );
}

/** Give its name in the language of the page; a sum is one of the store's money. */
function useName({ key, name, condition }: OfferedSegment): string {
  const { format } = useStore();
  const sum = key === SPENT && Number(condition?.value);
  return sum ? says.spentOver(format.roundMoney(sum)) : (says.names[key] ?? name);
}

function useAdd(one: OfferedSegment, parameter: string, name: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      send<Segment>("POST", "/segments/ready", { key: one.key, name, ...(parameter ? { parameter } : {}) }),
    onSuccess: async (kept) => {
      toast(says.added(kept.name));
      await queries.invalidateQueries({ queryKey: ["segments"] });
    },
  });
}

/** What can't be counted yet lets the next one go on. */
function Skip({ done, counted, hint }: { done: boolean; counted: () => void; hint: string }) {
  useTurn(done, counted);
  return <span className="hint">{hint}</span>;
}

function Size({ one, isTurn, counted }: CardProps) {
  const { format } = useStore();
  const isScored = useIsScored();
  const waits = !isScored && JSON.stringify(one.condition).includes('"customer.rfm.');
  const { data, error } = useQuery({
    queryKey: ["segment-count", one.key],
    queryFn: ({ signal }) =>
      send<CountedSegment>("POST", "/segments/count", { name: one.name, condition: one.condition }, signal),
    enabled: isTurn && !waits,
    retry: false,
    staleTime: 60_000,
  });
  useTurn(Boolean(data || error || (waits && isTurn)), counted);
  if (waits) return <p className="sub small">{says.unscored}</p>;
  if (error) return <p className="sub small">{says.uncounted}</p>;
  if (!data) return <Skeleton width={90} height={20} />;
  return <p className="sub num">{says.people(data.customers, format.int(data.customers))}</p>;
}

/** Buyers are scored once a segment asks for it: before, nobody would be counted. */
function useIsScored(): boolean {
  const { data } = useQuery({ queryKey: ["segments", "rfm"], queryFn: () => api<RfmGrid>("/segments/rfm") });
  return Boolean(data?.cells.length);
}

function useTurn(isDone: boolean, next: () => void) {
  useEffect(() => {
    if (isDone) next();
  }, [isDone]);
}
