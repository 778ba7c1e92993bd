// All flows and what each of them brings in, and the recipes that wait to be turned on.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Plus, Search, Workflow } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { api } from "../api";
import "../flows/flows.css";
import { RecipeCards } from "../flows/RecipeCards";
import { Rows } from "../flows/Rows";
import { words } from "../flows/words";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import type { FlowList, FlowRow } from "../types";
import { Period, usePeriod } from "../ui/Period";
import { isRecipe } from "../ui/Recipes";
import { RowSkeletons } from "../ui/Skeleton";
import { Empty, Failure } from "../ui/states";

const STATUSES = ["live", "paused", "draft"];
type Tab = keyof typeof words.tabs;

export default function Flows() {
  const { store } = useStore();
  const [days, choose] = usePeriod();
  const [tab, open] = useState<Tab>("own");
  const [failed, fail] = useState<unknown>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ["flows", days],
    queryFn: () => api<FlowList>(`/flows?days=${days}`),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
  const retry = () => {
    fail(null);
    void refetch();
  };
  const recipes = data?.flows.filter(isRecipe) ?? [];
  return (
    <main className="page">
      <div className="phead with-days">
        <h1 className="grow">{strings.flows.title}</h1>
        {tab === "own" && (
          <div className="days">
            <Period days={days} choose={choose} />
          </div>
        )}
        {store.you.rights.includes("edit") && (
          <Link className="btn primary" href={to("/flows/new")}>
            <Plus size={16} aria-hidden />
            {words.create}
          </Link>
        )}
      </div>
      {Boolean(error ?? failed) && <Failure error={error ?? failed} retry={retry} isOld={Boolean(data)} />}
      <div className="bar2">
        <Tabs tab={tab} open={open} />
      </div>
      {!data && error ? null : tab === "own" ? (
        <Own flows={data?.flows.filter((flow) => !isRecipe(flow))} fail={fail} openRecipes={() => open("recipes")} />
      ) : (
        <>
          <p className="sub">{strings.flows.recipes.text}</p>
          <RecipeCards flows={recipes} all={data?.flows ?? []} />
        </>
      )}
    </main>
  );
}

function Tabs({ tab, open }: { tab: Tab; open: (tab: Tab) => void }) {
  return (
    <div className="seg" role="group" aria-label={words.tabsLabel}>
      {(Object.keys(words.tabs) as Tab[]).map((one) => (
        <button key={one} type="button" aria-pressed={one === tab} onClick={() => open(one)}>
          {words.tabs[one]}
        </button>
      ))}
    </div>
  );
}

type OwnProps = { flows: FlowRow[] | undefined; fail: (error: unknown) => void; openRecipes: () => void };

function Own({ flows, fail, openRecipes }: OwnProps) {
  const [asked, ask] = useState("");
  const [status, only] = useState<string | null>(null);
  const wanted = asked.trim().toLowerCase();
  const found = flows?.filter(
    (flow) => (!status || flow.status === status) && (!wanted || flow.name.toLowerCase().includes(wanted)),
  );
  const none = !flows?.length ? (
    <Empty
      icon={<Workflow aria-hidden />}
      title={strings.flows.emptyTitle}
      text={strings.flows.empty}
      action={<button type="button" className="btn" onClick={openRecipes}>{words.emptyAction}</button>}
    />
  ) : (
    <Empty title={words.noneFound} text={words.noneFoundText} />
  );
  return (
    <>
      {Boolean(flows?.length) && <Filters asked={asked} ask={ask} status={status} only={only} />}
      <section className="card flush" aria-label={strings.flows.title}>
        {!found ? <RowSkeletons rows={8} /> : found.length ? <Rows flows={found} fail={fail} /> : none}
      </section>
    </>
  );
}

type FilterProps = { asked: string; ask: (words: string) => void; status: string | null; only: (status: string | null) => void };

function Filters({ asked, ask, status, only }: FilterProps) {
  return (
    <div className="bar2">
      <div className="search">
        <Search size={16} aria-hidden />
        <input className="input" type="search" aria-label={words.search} placeholder={words.search} value={asked} onChange={(event) => ask(event.target.value)} />
      </div>
      <div className="seg" role="group" aria-label={words.filter}>
        {[null, ...STATUSES].map((one) => (
          <button key={one} type="button" aria-pressed={one === status} onClick={() => only(one)}>
            {one ? (strings.statuses[one] ?? one) : words.all}
          </button>
        ))}
      </div>
    </div>
  );
}
