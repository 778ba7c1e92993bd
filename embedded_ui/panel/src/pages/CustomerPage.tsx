// One customer: who they are to the store, and everything that happened to them.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ArrowLeft, History } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { Link, useParams } from "wouter";
import { ApiError, api } from "../api";
import { readable } from "../readable";
import { calledOf } from "../people/called";
import { RemoveFromFlow, TheirData } from "../people/Care";
import { Erased } from "../people/Erased";
import { Known } from "../people/Known";
import { NoWay, SendMessage, useWays } from "../people/SendMessage";
import { words as own } from "../people/words";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import { EntryView } from "../timeline/EntryView";
import type { Consent, Customer, Entry, Receipt, Timeline } from "../types";
import { ConsentBadge } from "../ui/badges";
import { PageSkeleton, RowSkeletons } from "../ui/Skeleton";
import { Empty, Failure } from "../ui/states";

const words = strings.customer;
const Hands = lazy(() => import("../ui/Hands"));
const Chats = lazy(() => import("../ui/Chats"));

export default function CustomerPage() {
  const { id } = useParams<{ id: string }>();
  const { data, error, refetch } = useQuery({
    queryKey: ["customer", id],
    queryFn: () => api<Customer>(`/customers/${id}`),
    refetchInterval: 30_000,
  });
  const name = data ? calledOf(data) : "";
  useEffect(() => {
    if (data) document.title = `${name} · ${strings.app}`;
  }, [data, name]);
  const receipt = useReceipt(id, error);
  const ways = useWays(id);
  const [erased, setErased] = useState<Receipt | null>(null);
  if (erased ?? receipt) return <Erased receipt={(erased ?? receipt)!} />;
  if (!data) {
    const head = <Head name={strings.nav.customers} />;
    return error ? <Failure error={error} retry={refetch} isPage head={head} /> : <PageSkeleton head={head} />;
  }
  return (
    <main className="page">
      <Head name={name} deed={<SendMessage id={data.id} ways={ways} />}>
        <Contact customer={data} />
        <NoWay customer={data} ways={ways} />
      </Head>
      {error && <Failure error={error} retry={refetch} isOld />}
      <Facts customer={data} />
      <div className="grid2 aside-first">
        <TimelineCard id={data.id} />
        <div>
          <Consents consents={data.consents} />
          <Suspense>
            <Hands id={data.id} />
            <Chats id={data.id} />
          </Suspense>
          <NowIn customer={data} />
          <Known customer={data} />
          <TheirData customer={data} erased={setErased} />
        </div>
      </div>
    </main>
  );
}

function Head({ name, deed, children }: { name: string; deed?: ReactNode; children?: ReactNode }) {
  return (
    <div className={deed ? "phead with-back with-deeds" : "phead with-back"}>
      <Link className="btn plain icon" href={to("/customers")} aria-label={words.back}>
        <ArrowLeft size={18} aria-hidden />
      </Link>
      <div className="grow">
        <h1>{name}</h1>
        {children}
      </div>
      {deed}
    </div>
  );
}

/** Whoever is not there any more may have been erased here. */
function useReceipt(id: string, error: unknown): Receipt | undefined {
  const isGone = error instanceof ApiError && error.status === 404;
  const { data } = useQuery({
    queryKey: ["receipt", id],
    queryFn: () => api<Receipt>(`/customers/${id}/receipt`),
    enabled: isGone,
    retry: false,
  });
  return data;
}

function Contact({ customer }: { customer: Customer }) {
  const { format } = useStore();
  const parts = [
    customer.name && customer.email,
    (customer.name || customer.email) && customer.phone,
    customer.country && format.country(customer.country),
    words.since(format.date(customer.created_at)),
  ];
  return <p className="sub">{parts.filter(Boolean).join(" · ")}</p>;
}

function Facts({ customer }: { customer: Customer }) {
  const { format } = useStore();
  const facts = [
    [words.value, format.money(customer.spent)],
    [words.orders, format.int(customer.orders)],
    [words.average, customer.average === null ? strings.none : format.money(customer.average)],
    [own.lastSeen, customer.last_seen_at ? format.date(customer.last_seen_at) : strings.none],
    [words.lastOrder, customer.last_order_at ? format.date(customer.last_order_at) : strings.none],
  ];
  return (
    <dl className="card facts num">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Consents({ consents }: { consents: Consent[] }) {
  const { format } = useStore();
  return (
    <section className="card" aria-labelledby="consent">
      <div className="chead">
        <h2 id="consent">{words.consentTitle}</h2>
      </div>
      <ul className="rows">
        {consents.map((consent) => (
          <li key={consent.channel}>
            <div className="between">
              <span>{strings.channels[consent.channel] ?? consent.channel}</span>
              <ConsentBadge state={consent.state} />
            </div>
            {consent.source && consent.changed_at && (
              <p className="sub small">
                {strings.consent.from(
                  strings.consent.sources[consent.source] ?? consent.source,
                  format.date(consent.changed_at),
                )}
              </p>
            )}
            {consent.is_suppressed && consent.state !== "unsubscribed" && (
              <p className="small">{strings.reasons["suppressed"]}</p>
            )}
            {consent.is_stopped_by_carrier && <p className="small">{strings.reasons["carrier_stop"]}</p>}
            {consent.keyword && consent.wording && (
              <p className="sub small" style={{ overflowWrap: "anywhere" }}>{strings.consent.beside(consent.keyword, consent.wording)}</p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function NowIn({ customer }: { customer: Customer }) {
  const { format } = useStore();
  return (
    <section className="card" aria-labelledby="now-in">
      <div className="chead">
        <h2 id="now-in">{words.flowsTitle}</h2>
      </div>
      {!customer.flows.length && <p className="sub">{words.noFlows}</p>}
      <ul className="rows">
        {customer.flows.map((flow) => (
          <li key={`${flow.flow_id}${flow.entered_at}`}>
            <div className="between">
              <Link className="rowlink" href={to(`/flows/${flow.flow_id}`)}>
                {flow.flow_name}
              </Link>
              <RemoveFromFlow customer={customer} flow={flow} />
            </div>
            {flow.waiting_until && <p className="sub small">{words.waitingUntil(format.zoned(flow.waiting_until))}</p>}
            {flow.next && <p className="sub small">{words.next(readable(flow.next))}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function TimelineCard({ id }: { id: string }) {
  const { format } = useStore();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["timeline", id],
    queryFn: ({ pageParam }) =>
      api<Timeline>(`/customers/${id}/timeline?before=${encodeURIComponent(pageParam)}`),
    initialPageParam: "",
    getNextPageParam: (page) => page.before ?? undefined,
    refetchInterval: 30_000,
  });
  const entries = data?.pages.flatMap((page) => page.entries);
  return (
    <section className="card flush" aria-labelledby="timeline">
      <div className="chead">
        <h2 id="timeline">{words.timeline}</h2>
        <span className="sub small">{words.times(format.timeZone)}</span>
      </div>
      {error && <Failure error={error} retry={refetch} isOld={Boolean(entries)} />}
      {!entries && !error && <RowSkeletons rows={10} height={58} />}
      {entries?.length === 0 && <Empty icon={<History aria-hidden />} title={words.emptyTitle} text={words.empty} />}
      {entries && <Days entries={entries} />}
      {hasNextPage && (
        <div className="pager">
          <button type="button" className="btn" disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
            {words.older}
          </button>
        </div>
      )}
    </section>
  );
}

function Days({ entries }: { entries: Entry[] }) {
  const { format } = useStore();
  const days = Map.groupBy(entries, (entry) =>
    format.isPast(entry.at) ? format.dayKey(entry.at) : `planned ${format.dayKey(entry.at)}`,
  );
  return [...days].map(([key, group]) => (
    <div key={key}>
      <h3 className="day">
        {key.startsWith("planned") && `${words.planned}: `}
        {format.day(group[0]!.at)}
      </h3>
      <ol>
        {group.map((entry) => (
          <EntryView key={`${entry.kind}${entry.id}`} entry={entry} />
        ))}
      </ol>
    </div>
  ));
}
