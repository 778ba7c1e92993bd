// The builder of a flow: palette, canvas, inspector, and the bar above them.
import { type KeyboardEvent, type MouseEvent, lazy, Suspense, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { toast } from "../api";
import { LetInButton } from "../campaigns/LetInButton";
import { Inspector } from "../inspector/Inspector";
import { TopBar } from "../inspector/TopBar";
import { to } from "../place";
import { StepIcon } from "../flow/StepIcon";
import { useLocation } from "wouter";
import { CopyButton } from "../settings/CopyButton";
import { useStore } from "../store";
import type { Flow, StepKind } from "../types";
import { Purpose } from "../ui/Recipes";
import { Failure } from "../ui/states";
import "../flow/drawing.css";
import "./builder.css";
import { Canvas } from "./Canvas";
import type { CanvasValue } from "./canvas";
import type { Asked } from "./Dialogs";
import { allSteps, branchesOf, type FlowDocument, type Place, type Step } from "./document";
import type { Draft } from "./drafts";
import type { Editor } from "./editor";
import { fits, outermost } from "./edits";
import { Facts, FactsContext } from "./Facts";
import { Header, type View } from "./Header";
import { onCanvasKey, useShortcuts } from "./keys";
import { MovingBar, Undone } from "./Notices";
import { Palette } from "./Palette";
import { firstOf, SaveState, whyNot } from "./SaveState";
import { Search } from "./Search";
import { useView } from "./sight";
import { branchLabel, type FlowNames, lineOf, titleOf } from "./telling";
import { useDeeds } from "./useDeeds";
import { useDraft } from "./useDraft";
import { words } from "./words";
import { useFolded } from "./useFolded";
import { type FlowFigures, liveSteps, useDrawn, useFigures, waitingAt } from "./useShown";

// What opens on a click only comes after the rest, while nobody waits for it.
const menus = () => import("./Menus");
const dialogs = () => import("./Dialogs");
const Menus = lazy(async () => ({ default: (await menus()).Menus }));
const ConfirmRemoval = lazy(async () => ({ default: (await dialogs()).ConfirmRemoval }));
const Conflict = lazy(async () => ({ default: (await dialogs()).Conflict }));

export type BuilderProps = {
  flow: Flow;
  draft: Draft;
  names: FlowNames;
  error: unknown;
  retry: () => void;
  days: number;
  chooseDays: (days: number) => void;
};

export default function Builder({ flow, draft, names, error, retry, days, chooseDays }: BuilderProps) {
  const { format, store } = useStore();
  const { editor, editing, keeping, flush, conflict } = useDraft(flow.id, draft);
  const [view, chooseView] = useState<View>("draft");
  const [isSearching, setSearching] = useState(false);
  const document = view === "live" && draft.live ? draft.live : editing.history.now;
  const isReadOnly = view === "live" || !store.you.rights.includes("edit");
  const folding = useFolded();
  const figures = useFigures(flow);
  const problems = view === "live" ? NONE : draft.problems;
  const drawn = useDrawn({ flow, document, figures, problems, folded: folding.folded, marked: editing.marked });
  const { show, scrollBy, ready } = useView(drawn.nodes);
  const keyLabel = useCallback((step: Step, key: string) => branchLabel(step, branchesOf(step).find((one) => one.key === key)!, format), [format]);
  const { deeds, opened, open, dragged, ghost } = useDeeds(editor, { show, scrollBy, unfold: folding.unfold, labelOf: keyLabel });
  const { asked, askRemoval, close } = useRemoval(editor, figures);
  const value = useValue(editor, document, names, isReadOnly, editing.moving, deeds);
  const edit = useCallback((id: string) => {
    editor.choose(id);
    requestAnimationFrame(() => globalThis.document.querySelector<HTMLElement>(".insp button, .insp input")?.focus());
  }, [editor]);
  const isReady = useLater();
  const search = useCallback(() => setSearching(true), []);
  useShortcuts({ editor, isReadOnly, search, show, remove: askRemoval });
  const onKey = (event: KeyboardEvent) =>
    onCanvasKey(event, { editor, edges: drawn.edges, isReadOnly, open: edit, show, remove: askRemoval, openMenu: deeds.openStep });
  const onStep = (id: string, event: MouseEvent) => {
    if ((event.shiftKey || event.ctrlKey || event.metaKey) && id !== "trigger") editor.mark(id);
    else editor.choose(id);
  };
  const jump = (id: string) => {
    folding.reveal(document, id);
    editor.choose(id);
    show(id, false);
  };
  const go = (id: string | null, field?: string) => {
    if (id) jump(id);
    else editor.choose(null);
    requestAnimationFrame(() => focusField(field));
  };
  const drawnSteps = useMemo(() => new Map(liveSteps(flow.steps).map((one) => [one.id, one])), [flow.steps]);
  const [, navigate] = useLocation();
  // The message editor opens what is kept: what can't be kept is said, and led to, before.
  const openMessage = (id: string) =>
    void flush().then(
      () => navigate(to(`/flows/${flow.id}/messages/${id}`)),
      (error: unknown) => {
        const wrong = firstOf(error);
        if (wrong) go(wrong.step || null, wrong.field);
        toast(words.notOpened(whyNot(error, document)));
      },
    );
  return (
    <main className={["flowpage bld", dragged && "dragging", editing.moving.length && "moving"].filter(Boolean).join(" ")}>
      <Header
        flow={flow} editor={editor} editing={editing} isReadOnly={isReadOnly} view={view}
        chooseView={draft.live ? chooseView : null} days={days} chooseDays={chooseDays} search={search}
        saveState={<SaveState keeping={keeping} document={document} retry={() => void flush().catch(() => undefined)} go={go} />}
      >
        <LetInButton flow={flow} />
        <CopyButton flow={flow} />
        <TopBar
          flow={flow} document={document} problems={problems} isReadOnly={isReadOnly} flush={flush} go={go} refresh={retry}
          replaceDraft={(next, said) => editor.change(next, said)}
        />
      </Header>
      {!isReadOnly && <Palette lift={deeds.liftNew} add={deeds.addNew} />}
      <div className="stage">
        <Said flow={flow} error={error} retry={retry} />
        <Facts document={document}>
          <Canvas drawn={drawn} chosen={editing.chosen} value={value} onKey={onKey} onStep={onStep} onPane={() => editor.choose(null)} ready={ready} />
          {isSearching && <Find document={document} flows={names} go={jump} close={() => setSearching(false)} />}
        </Facts>
        <MovingBar count={editing.moving.length} cancel={() => editor.lookFor([])} />
        <Undone notice={editing.notice} undo={() => editor.undo()} dismiss={editor.dismiss} />
      </div>
      <Inspector
        flow={flow} document={document} chosen={editing.chosen} problems={problems} isReadOnly={isReadOnly} openMessage={openMessage}
        change={editor.change} choose={editor.choose} flush={flush} remove={(id) => askRemoval([id])}
        figuresOf={(id) => drawnSteps.get(id)?.figures} drawnOf={(id) => drawnSteps.get(id)}
      />
      {isReady && (
        <Suspense>
          <Menus opened={opened} close={() => open(null)} editor={editor} labelOf={keyLabel} show={show} remove={askRemoval} fold={folding.fold} edit={edit} />
          <ConfirmRemoval asked={asked} close={close} />
          <Conflict {...conflict} mine={editing.history.now} />
        </Suspense>
      )}
      {dragged && (
        <div className="ghost" ref={ghost}>
          <StepIcon kind={dragged.kind as StepKind} />
          {dragged.label}
        </div>
      )}
      <div className="vh" role="status" aria-live="polite">{editing.said}</div>
    </main>
  );
}

const NONE: never[] = [];

/** What there is to know before looking at the steps. */
function Said({ flow, error, retry }: Pick<BuilderProps, "flow" | "error" | "retry">) {
  return (
    <div className="told" tabIndex={-1}>
      {Boolean(error) && <Failure error={error} retry={retry} isOld />}
      {flow.about && flow.live_version === null && <Purpose about={flow.about} />}
    </div>
  );
}

/** Put the focus on a field of the form, or on the form where the field is nowhere. */
function focusField(field: string | undefined) {
  const names = (field ?? "").split(".").map((_, at, all) => `field-${all.slice(0, all.length - at).join(".")}`);
  const found = names.map((name) => globalThis.document.getElementById(name)).find(Boolean);
  (found ?? globalThis.document.querySelector<HTMLElement>(".insp button, .insp input"))?.focus();
}

/** True once the page stands: what is not needed for that comes then. */
function useLater() {
  const [isLater, set] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => set(true), 100);
    return () => clearTimeout(timer);
  }, []);
  return isLater;
}

/** Ask before steps go at which people wait; all else goes at once, and can be undone. */
function useRemoval(editor: Editor, figures: FlowFigures) {
  const [asked, ask] = useState<Asked | null>(null);
  const askRemoval = useCallback(
    (ids: readonly string[], how: () => void = () => editor.remove(ids)) => {
      const waiting = waitingAt(outermost(editor.document, ids), figures);
      if (waiting) ask({ waiting, run: how });
      else how();
    },
    [editor, figures],
  );
  return { asked, askRemoval, close: useCallback(() => ask(null), []) };
}

function useValue(editor: Editor, document: FlowDocument, names: FlowNames, isReadOnly: boolean, moving: readonly string[], deeds: CanvasValue["deeds"]): CanvasValue {
  const isBarred = useMemo(
    () => (moving.length ? (place: Place) => !fits(editor.document, place, [], moving) : null),
    [editor, moving],
  );
  return useMemo(
    () => ({ trigger: document.trigger, names, isReadOnly, isBarred, deeds }),
    [document.trigger, names, isReadOnly, isBarred, deeds],
  );
}

type FindProps = { document: FlowDocument; flows: FlowNames; go: (id: string) => void; close: () => void };

/** Find steps by what stands on their cards. */
function Find({ document, flows, go, close }: FindProps) {
  const { format } = useStore();
  const names = { flows, facts: useContext(FactsContext) };
  const steps = allSteps(document).map((step) => ({ id: step.id, text: `${titleOf(step)} ${lineOf(step, document.trigger, format, names)}` }));
  return <Search steps={steps} go={go} close={close} />;
}
