// One segment: its name, who belongs by which conditions, how many that are, and what uses it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ArrowLeft, UsersRound } from "lucide-react";
import { lazy, Suspense, useEffect, useId, useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { ApiError, api, keptNow, send, toast } from "../api";
import { isComplete, problemsAt, type Test } from "../conditions/condition";
import { ConditionEditor } from "../conditions/ConditionEditor";
import { useSentence } from "../conditions/sentence";
import { to } from "../place";
import { LiveCount } from "../segments/LiveCount";
import { Remove } from "../segments/Remove";
import "../segments/segments.css";
import { Uses } from "../segments/Uses";
import { useCount } from "../segments/useCount";
import { words } from "../segments/words";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { OneSegment, Segment } from "../types";
import { BackHead } from "../ui/BackHead";
import { released } from "../ui/held";
import { LookOnly } from "../ui/LookOnly";
import { PageSkeleton } from "../ui/Skeleton";
import { Failure } from "../ui/states";

const says = words.one;
// Comes with the first change, as in forms of the settings.
const Leaving = lazy(() => import("../ui/Leaving"));

export default function SegmentPage() {
  const { id } = useParams<{ id: string }>();
  const isNew = id === "new";
  const { data, error, refetch } = useQuery({
    queryKey: ["segment", id],
    queryFn: () => api<OneSegment>(`/segments/${id}`),
    enabled: !isNew,
  });
  useEffect(() => {
    document.title = `${data?.name ?? says.newTitle} · ${strings.app}`;
  }, [data]);
  if (isNew) return <Form key="new" segment={null} />;
  if (!data) {
    const head = <BackHead back="/segments" label={says.back} title={strings.nav.segments} />;
    return error ? <Failure error={error} retry={refetch} isPage head={head} /> : <PageSkeleton head={head} />;
  }
  return <Form key={data.id} segment={data} />;
}

function Form({ segment }: { segment: OneSegment | null }) {
  const [name, setName] = useState(segment?.name ?? "");
  const [condition, setCondition] = useState<Test | null>((segment?.condition as Test | undefined) ?? null);
  const [kept, keep] = useState<Draft>({ name, condition });
  const [known, know] = useState(segment?.updated_at);
  const [wasTried, tried] = useState(false);
  const { format } = useStore();
  const held = segment?.held_by.length ? says.held(format.list(segment.held_by.map((one) => one.name))) : undefined;
  const mayEdit = useMay("edit") && !held;
  const save = useSave(segment, (draft, updatedAt) => {
    keep(draft);
    know(updatedAt);
  });
  const counted = useCount(condition);
  const isChanged = name !== kept.name || condition !== kept.condition;
  const missing = missingOf(name, condition);
  const refused = save.error instanceof ApiError ? save.error : null;
  const theirs = save.error instanceof Moved ? save.error.theirs : null;
  const take = (now: OneSegment) => {
    const draft = draftOf(now);
    setName(draft.name);
    setCondition(draft.condition);
    keep(draft);
    know(now.updated_at);
    save.reset();
  };
  // What others saved, while nothing is changed here, is taken over as it is.
  useEffect(() => {
    if (segment && segment.updated_at !== known && !isChanged && !save.isPending) take(segment);
  }, [segment]);
  const submit = () => {
    tried(true);
    if (!missing) save.mutate({ name, condition, over: known });
  };
  return (
    <main className="page">
      <div className="phead with-back">
        <Link className="btn plain icon" href={to("/segments")} aria-label={says.back}>
          <ArrowLeft size={18} aria-hidden />
        </Link>
        <h1 className="grow">{segment?.name ?? says.newTitle}</h1>
        {mayEdit && segment && <Remove segment={segment} />}
        {mayEdit && (
          <button type="button" className="btn primary" disabled={save.isPending} onClick={submit}>
            {save.isPending ? says.saving : says.save}
          </button>
        )}
      </div>
      {isChanged && (
        <Suspense>
          <Leaving adminAsks={false} />
        </Suspense>
      )}
      {theirs && (
        <Met
          theirs={theirs}
          take={() => take(theirs)}
          keepMine={() => save.mutate({ name, condition, over: theirs.updated_at })}
        />
      )}
      {save.error && !theirs && !refused?.field && <Failure error={save.error} retry={submit} isTyped />}
      <div className="grid2 segment">
        <section className="card" aria-label={says.who}>
          <LookOnly right="edit" because={held}>
            <Name name={name} change={setName} wrong={nameWrong(name, wasTried, refused)} />
            <h2 className="part">{says.who}</h2>
            <ConditionEditor
              value={condition}
              onChange={setCondition}
              facts="customer"
              problems={problemsAt(refused?.problems ?? [], "condition")}
              label={says.who}
            />
          </LookOnly>
          {wasTried && missing && missing !== says.nameMissing && <p className="wrong" role="alert">{missing}</p>}
          <Summary condition={condition} />
        </section>
        <section className="card" aria-labelledby="live-count">
          <h2 id="live-count" className="vh">
            {words.columns.people}
          </h2>
          <LiveCount counted={counted} />
          {segment && segment.used_by.length > 0 && (
            <>
              <h3 className="part">{says.usedBy}</h3>
              <Uses uses={segment.used_by} />
            </>
          )}
          {isChanged && <p className="hint" style={{ marginBlockStart: 12 }}>{says.unsaved}</p>}
        </section>
      </div>
    </main>
  );
}

function missingOf(name: string, condition: Test | null): string | null {
  if (!condition) return says.noCondition;
  if (!isComplete(condition)) return says.incomplete;
  return name.trim() ? null : says.nameMissing;
}

function nameWrong(name: string, wasTried: boolean, refused: ApiError | null): string | null {
  if (wasTried && !name.trim()) return says.nameMissing;
  return refused?.problems.find(({ field }) => field === "name") ? refused.message : null;
}

type Draft = { name: string; condition: Test | null };
type Wanted = Draft & { over: string | undefined };

const draftOf = (one: OneSegment): Draft => ({ name: one.name, condition: one.condition as Test });

/** Somebody else saved the segment after it was shown here. */
class Moved extends Error {
  constructor(readonly theirs: OneSegment) {
    super();
  }
}

function Met({ theirs, take, keepMine }: { theirs: OneSegment; take: () => void; keepMine: () => void }) {
  const sentence = useSentence(theirs.condition as Test);
  return (
    <div className="banner warn" role="alert">
      <UsersRound size={16} aria-hidden />
      <div>
        <b>{says.met}</b>
        <p>{says.metAs(theirs.name, sentence ?? "")}</p>
        <span className="inline">
          <button type="button" className="btn" onClick={take}>
            {says.takeTheirs}
          </button>
          <button type="button" className="btn" onClick={keepMine}>
            {says.keepMine}
          </button>
        </span>
      </div>
    </div>
  );
}

function useSave(segment: OneSegment | null, keep: (draft: Draft, updatedAt: string) => void) {
  const queries = useQueryClient();
  const [, go] = useLocation();
  return useMutation({
    mutationFn: async ({ name, condition, over }: Wanted) => {
      const now = segment && (await keptNow<OneSegment>(`/segments/${segment.id}`));
      if (now && now.updated_at !== over) throw new Moved(now);
      const document = { name: name.trim(), condition };
      return segment
        ? send<Segment>("PUT", `/segments/${segment.id}`, document)
        : send<Segment>("POST", "/segments", document);
    },
    onSuccess: async (kept, { name, condition }) => {
      toast(says.saved);
      keep({ name, condition }, kept.updated_at);
      await released();
      await queries.invalidateQueries({ queryKey: ["segments"] });
      await queries.invalidateQueries({ queryKey: ["segment", kept.id] });
      if (!segment) go(to(`/segments/${kept.id}`), { replace: true });
    },
  });
}

function Name({ name, change, wrong }: { name: string; change: (name: string) => void; wrong: string | null }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{says.name}</label>
      <input
        id={id}
        className="input"
        maxLength={120}
        placeholder={says.namePlaceholder}
        value={name}
        aria-invalid={wrong !== null}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onChange={(event) => change(event.target.value)}
      />
      {wrong && (
        <span id={`${id}-wrong`} className="wrong" role="alert">
          {wrong}
        </span>
      )}
    </div>
  );
}

function Summary({ condition }: { condition: Test | null }) {
  const sentence = useSentence(condition);
  return (
    <>
      <h2 className="part">{says.summary}</h2>
      <p className="sub" data-testid="summary">
        {sentence}
      </p>
    </>
  );
}
