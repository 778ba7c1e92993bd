// A new flow: from a recipe, from what starts it, or from a sentence.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import { lazy, Suspense, useId, useState } from "react";
import { Link, useLocation } from "wouter";
import { api, send } from "../api";
import type { FlowDocument } from "../builder/document";
import { StepIcon } from "../flow/StepIcon";
import "../flows/flows.css";
import { TRIGGERS } from "../inspector/events";
import { language } from "../language";
import { Sentence } from "../flows/Sentence";
import { beginningWith, documentOf, type Start, STARTS } from "../flows/starts";
import { words } from "../flows/words";
import { to } from "../place";
import { strings } from "../strings";
import type { FlowList } from "../types";
import { LookOnly } from "../ui/LookOnly";
import { usePeriod } from "../ui/Period";
import { isRecipe } from "../ui/Recipes";
import { Failure } from "../ui/states";

// At the page's end, where nothing moves when they come.
const recipeCards = import("../flows/RecipeCards");
const RecipeCards = lazy(async () => ({ default: (await recipeCards).RecipeCards }));

export default function NewFlow() {
  const [days] = usePeriod();
  const create = useCreate();
  const { data, error, refetch } = useQuery({
    queryKey: ["flows", days],
    queryFn: () => api<FlowList>(`/flows?days=${days}`),
    placeholderData: keepPreviousData,
  });
  const recipes = data?.flows.filter(isRecipe) ?? [];
  return (
    <main className="page">
      <div className="phead with-back">
        <Link className="btn plain icon" href={to("/flows")} aria-label={strings.flow.back}>
          <ArrowLeft size={18} aria-hidden />
        </Link>
        <h1 className="grow">{words.newTitle}</h1>
      </div>
      {Boolean(create.error) && <Failure error={create.error} retry={() => create.reset()} />}
      <LookOnly right="edit">
        <Sentence create={create.mutate} isBusy={create.isPending} />
        <section className="card" aria-labelledby="starts">
          <h2 id="starts">{words.triggers}</h2>
          <p className="sub" style={{ marginBlockEnd: 12 }}>
            {words.triggersText}
          </p>
          <ul className="starts">
            {STARTS.map((start) => (
              <StartItem key={start} start={start} isBusy={create.isPending} begin={() => create.mutate(documentOf(start))} />
            ))}
          </ul>
          <OtherStart isBusy={create.isPending} begin={(event) => create.mutate(beginningWith(event))} />
        </section>
      </LookOnly>
      {error && <Failure error={error} retry={refetch} isOld={Boolean(data)} />}
      {recipes.length > 0 && (
        <section style={{ marginBlockStart: 24 }} aria-labelledby="from-recipe">
          <h2 id="from-recipe">{words.recipes}</h2>
          <p className="sub">{words.recipesText}</p>
          <Suspense>
            <RecipeCards flows={recipes} all={data?.flows ?? []} />
          </Suspense>
        </section>
      )}
    </main>
  );
}

function StartItem({ start, isBusy, begin }: { start: Start; isBusy: boolean; begin: () => void }) {
  return (
    <li>
      <button type="button" className="start" disabled={isBusy} onClick={begin}>
        <StepIcon kind="trigger" />
        {words.starts[start]}
      </button>
    </li>
  );
}

/** Every event that can begin a flow, for what the plain ways leave out. */
function OtherStart({ isBusy, begin }: { isBusy: boolean; begin: (event: string) => void }) {
  const id = useId();
  const [event, choose] = useState("");
  const called = (one: string) => strings.flow.happenings[one] ?? one;
  const all = Object.values(TRIGGERS).flat().sort((one, other) => called(one).localeCompare(called(other), language));
  return (
    <form
      className="otherstart"
      onSubmit={(told) => {
        told.preventDefault();
        if (event) begin(event);
      }}
    >
      <label htmlFor={id}>{words.otherStart}</label>
      <select id={id} className="input" value={event} onChange={(told) => choose(told.target.value)}>
        <option value="">{words.chooseStart}</option>
        {all.map((one) => (
          <option key={one} value={one}>{called(one)}</option>
        ))}
      </select>
      <button type="submit" className="btn" disabled={isBusy || !event}>{words.begin}</button>
    </form>
  );
}

/** Keep a new flow as a draft, and go on in the builder. */
function useCreate() {
  const [, go] = useLocation();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (document: FlowDocument) => send<{ id: string }>("POST", "/flows", document),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ["flows"] });
      go(to(`/flows/${id}`));
    },
  });
}
