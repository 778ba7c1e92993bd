// All segments: how many are in each, whom one reaches, what uses it; ready-made ones to begin with.
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Search, UsersRound } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { api } from "../api";
import { to } from "../place";
import { Ready } from "../segments/Ready";
import { Rfm } from "../segments/Rfm";
import "../segments/segments.css";
import { Uses } from "../segments/Uses";
import { words } from "../segments/words";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { Reach, SegmentLine, SegmentPage } from "../types";
import { Pager } from "../ui/Pager";
import { RowSkeletons, Skeleton } from "../ui/Skeleton";
import { Empty, Failure } from "../ui/states";
import { useSettled } from "../ui/useSettled";

const PAUSE = 250; // ms without a key before the search begins
const isBuilding = (list?: SegmentPage) => list?.segments.some(({ state }) => state === "building") ?? false;

export default function Segments() {
  const [typed, type] = useState("");
  const [page, turn] = useState(1);
  const search = useSettled(typed.trim(), PAUSE);
  const { data, error } = useQuery({
    queryKey: ["segments", search, page],
    queryFn: () => api<SegmentPage>(`/segments?search=${encodeURIComponent(search)}&page=${page}`),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (isBuilding(state.data) ? 3_000 : 60_000),
  });
  const { format } = useStore();
  const mayEdit = useMay("edit");
  const queries = useQueryClient();
  // One way out for all of the page: what stands below failed with it, most likely.
  const again = () => void queries.refetchQueries({ queryKey: ["segments"], type: "active" });
  return (
    <main className="page">
      <div className="phead">
        <h1 className="grow">{words.title}</h1>
        {mayEdit && (
          <Link className="btn primary" href={to("/segments/new")}>
            {words.create}
          </Link>
        )}
      </div>
      {error && <Failure error={error} retry={again} isOld={Boolean(data)} />}
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
      {(data || !error) && (
        <section className="card flush" aria-label={words.title}>
          {data ? <Table list={data} search={search} /> : <RowSkeletons rows={6} height={56} />}
          {data && data.total > 0 && (
            <Pager page={data.page} pages={data.pages} told={words.total(data.total, format.int(data.total))} words={words} turn={turn} />
          )}
        </section>
      )}
      {mayEdit && <Ready isToldAbove={Boolean(error)} />}
      <Rfm />
    </main>
  );
}

function Table({ list, search }: { list: SegmentPage; search: string }) {
  const reach = useReach(list.segments);
  if (!list.segments.length) {
    return (
      <Empty
        icon={<UsersRound aria-hidden />}
        title={search ? words.noneFound(search) : words.emptyTitle}
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
            <th scope="col" className="r">{columns.people}</th>
            <th scope="col" className="r wide">{columns.share}</th>
            <th scope="col">{columns.reach}</th>
            <th scope="col" className="wide">{columns.used}</th>
            <th scope="col" className="wide">{columns.changed}</th>
          </tr>
        </thead>
        <tbody>
          {list.segments.map((segment) => (
            <Row key={segment.id} segment={segment} everyone={list.everyone} reach={reach?.[segment.id]} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Who can be reached is told after the list: with many customers it takes a moment longer. */
function useReach(segments: SegmentLine[]) {
  const ids = segments.map(({ id }) => id).join(",");
  const sizes = segments.map(({ customers }) => customers).join(",");
  const { data } = useQuery({
    queryKey: ["segments", "reach", ids, sizes],
    queryFn: () => api<Reach>(`/segments/reach?ids=${ids}`),
    enabled: ids !== "",
    placeholderData: keepPreviousData,
  });
  return data?.reach;
}

type RowProps = { segment: SegmentLine; everyone: number; reach: Record<string, number> | undefined };

function Row({ segment, everyone, reach }: RowProps) {
  const { format } = useStore();
  const isKnown = segment.state !== "building"; // until then each figure is of those found so far
  return (
    <tr>
      <td>
        <Link className="rowlink" href={to(`/segments/${segment.id}`)}>
          {segment.name}
        </Link>
        {!isKnown && <div className="sub small">{words.building}</div>}
      </td>
      <td className="r num">{format.int(segment.customers)}</td>
      <td className="r num wide">{everyone && isKnown ? format.percent(segment.customers / everyone) : strings.none}</td>
      <td className="nowrap small">
        {!isKnown && strings.none}
        {isKnown &&
          reach &&
          Object.entries(reach).map(([channel, count]) => (
            <div key={channel} className="num">
              {words.reached(strings.channels[channel] ?? channel, format.int(count))}
            </div>
          ))}
        {isKnown && !reach && <Skeleton width={90} height={30} />}
      </td>
      <td className="wide small">
        {segment.used_by.length ? <Uses uses={segment.used_by} /> : <span className="sub">{words.unused}</span>}
      </td>
      <td className="wide sub nowrap">{format.date(segment.updated_at)}</td>
    </tr>
  );
}
