// Everyone the store knows; found by the beginning of a name, an address or a number.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Search, Users } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { api } from "../api";
import { calledOf } from "../people/called";
import { Filters, type Narrowed } from "../people/Filters";
import { words as own } from "../people/words";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import type { CustomerLine, CustomerList } from "../types";
import { Channels, ConsentBadge } from "../ui/badges";
import { Pager } from "../ui/Pager";
import { RowSkeletons } from "../ui/Skeleton";
import { Empty, Failure } from "../ui/states";
import { useSettled } from "../ui/useSettled";

const words = strings.customers;
const EVERYONE: Narrowed = { segment: "", consent: "", reach: "" };
const asked = (parts: Record<string, string>) =>
  new URLSearchParams(Object.entries(parts).filter(([, value]) => value)).toString();
const howMany = ({ more, total }: CustomerList, written: string) =>
  more ? words.more(written) : words.total(total, written);
const PAUSE = 250; // ms without a key before the search begins

export default function Customers() {
  const [typed, type] = useState("");
  const [page, turn] = useState(1);
  const [narrowed, narrow] = useState<Narrowed>(EVERYONE);
  const search = useSettled(typed.trim(), PAUSE);
  const { data, error, refetch } = useQuery({
    queryKey: ["customers", search, narrowed, page],
    queryFn: () => api<CustomerList>(`/customers?${asked({ search, ...narrowed, page: String(page) })}`),
    placeholderData: keepPreviousData,
  });
  const { format } = useStore();
  const isNarrowed = Object.values(narrowed).some(Boolean);
  return (
    <main className="page">
      <div className="phead">
        <h1 className="grow">{words.title}</h1>
      </div>
      {error && <Failure error={error} retry={refetch} isOld={Boolean(data)} />}
      <div className="narrowing">
        <div className="search">
        <Search size={16} aria-hidden />
        <input
          className="input"
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          maxLength={100}
          value={typed}
          onChange={(event) => {
            type(event.target.value);
            turn(1);
          }}
        />
        </div>
        <Filters
          narrowed={narrowed}
          channels={data?.channels ?? []}
          narrow={(chosen) => {
            narrow(chosen);
            turn(1);
          }}
        />
      </div>
      {(data || !error) && (
        <section className="card flush" aria-label={words.title}>
          {data && isNarrowed && !data.customers.length ? (
            <Empty
              icon={<Users aria-hidden />}
              title={own.nobodyLike}
              text={own.nobodyLikeText}
              action={
                <button type="button" className="btn" onClick={() => narrow(EVERYONE)}>
                  {own.clear}
                </button>
              }
            />
          ) : data ? (
            <Table list={data} search={search} />
          ) : (
            <RowSkeletons rows={8} />
          )}
          {data && data.total > 0 && (
            <Pager page={data.page} pages={data.pages} told={howMany(data, format.int(data.total))} words={words} turn={turn} />
          )}
        </section>
      )}
    </main>
  );
}

/** An address that is too long for its line goes on before its host, not within a word. */
function breakable(email: string | null) {
  const at = (email ?? "").lastIndexOf("@");
  if (!email || at < 0) return email;
  return (
    <>
      {email.slice(0, at)}
      <wbr />
      {email.slice(at)}
    </>
  );
}

function Table({ list, search }: { list: CustomerList; search: string }) {
  if (!list.customers.length) {
    return (
      <Empty
        icon={<Users aria-hidden />}
        title={search ? words.nobody(search) : words.emptyTitle}
        text={search ? undefined : words.empty}
      />
    );
  }
  const { columns } = words;
  return (
    <div className="scroll">
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">{columns.name}</th>
            <th scope="col">{columns.consent}</th>
            <th scope="col" className="wide">
              {own.reach}
            </th>
            <th scope="col" className="r wide">
              {columns.orders}
            </th>
            <th scope="col" className="r">
              {columns.spent}
            </th>
            <th scope="col" className="wide">
              {columns.last}
            </th>
          </tr>
        </thead>
        <tbody>
          {list.customers.map((customer) => (
            <Row key={customer.id} customer={customer} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ customer }: { customer: CustomerLine }) {
  const { format } = useStore();
  return (
    <tr>
      <td>
        <Link className="rowlink" href={to(`/customers/${customer.id}`)}>
          {calledOf(customer)}
        </Link>
        {customer.name && <div className="sub small">{customer.email ? breakable(customer.email) : customer.phone}</div>}
      </td>
      <td>
        <ConsentBadge state={customer.email_consent} />
      </td>
      <td className="wide">
        {customer.reached_by.length ? <Channels names={customer.reached_by} /> : <span className="sub">{own.noReach}</span>}
      </td>
      <td className="r num wide">{format.int(customer.orders)}</td>
      <td className="r num">{format.money(customer.spent)}</td>
      <td className="sub wide">{customer.last_order_at ? format.date(customer.last_order_at) : customer.orders ? strings.none : words.noOrder}</td>
    </tr>
  );
}
