// The first thing to do about a customer: write to them in the inbox; or why no channel takes that now.
import { useQuery } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { Link } from "wouter";
import { api } from "../api";
import { to } from "../place";
import { useMay } from "../store";
import { strings } from "../strings";
import type { Customer, Ways } from "../types";
import { words } from "./words";

type Known = Ways["ways"] | null | undefined;

/** Give by what this customer can be written to; null: by nothing ever, undefined: that is not known yet. */
export function useWays(id: string): Known {
  const mayAnswer = useMay("answer");
  const { data, error } = useQuery({
    queryKey: ["ways", id],
    queryFn: () => api<Ways>(`/customers/${id}/ways`),
    enabled: mayAnswer,
    refetchInterval: 30_000,
    retry: false,
  });
  return error && !data ? null : data?.ways;
}

const isShut = (ways: Known) => ways?.every(({ refusal, takes_templates }) => refusal && !takes_templates);

export function SendMessage({ id, ways }: { id: string; ways: Known }) {
  if (!useMay("answer") || ways === null) return null;
  const label = (
    <>
      <Send size={14} aria-hidden />
      {words.send}
    </>
  );
  if (isShut(ways)) {
    return (
      <button type="button" className="btn primary" disabled aria-describedby="no-way">
        {label}
      </button>
    );
  }
  return (
    <Link className="btn primary" href={to(`/inbox/${id}?write=1`)}>
      {label}
    </Link>
  );
}

export function NoWay({ customer, ways }: { customer: Customer; ways: Known }) {
  if (!ways || !isShut(ways)) return null;
  return (
    <p className="sub small noway" id="no-way">
      <span>
        {ways.length ? words.noWay : words.noChannel}{" "}
        {ways.map(({ channel, refusal }) => words.shut(strings.channels[channel] ?? channel, words.shuts[refusal!] ?? strings.reasons[refusal!] ?? "")).join(" ")}
      </span>
      {!ways.length && (
        <Link className="link" href={to("/settings/channels")}>
          {words.toChannels}
        </Link>
      )}
      {customer.email && (
        <a className="link" href={`mailto:${customer.email}`}>
          {words.byMail}
        </a>
      )}
    </p>
  );
}
