// The editor of one message: blocks on the left, the picture in the middle, the chosen block's form on the right.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { LookButton } from "../brand/LookButton";
import { useMay } from "../store";
import type { Issue } from "../types";
import { find, isBlank, isBlocks } from "./blocks";
import { BlocksColumn } from "./BlocksColumn";
import { Checks } from "./Checks";
import { CodeForm } from "./CodeForm";
import * as calls from "./calls";
import { useChecking } from "./checking";
import { type Editing, EditingProvider } from "./context";
import { useDrawn } from "./drawn";
import { Envelope } from "./Envelope";
import { FormColumn, type Tab } from "./FormColumn";
import type { Draft, Snapshot } from "./keeping";
import { Preview } from "./Preview";
import { fieldId } from "./parts";
import { SendTest } from "./SendTest";
import { StartFrom, StartOver } from "./StartFrom";
import { TopBar } from "./TopBar";
import { useKeys } from "./keys";
import { words } from "./words";

type Props = {
  draft: Draft;
  snapshot: Snapshot;
  step: calls.Message;
  title: string;
  back: string;
  backLabel: string;
  /** Which message this is among those that can be copied from. */
  own: string;
  isCampaign: boolean;
  arms: ReactNode;
  conflict: ReactNode;
  done: () => void;
};

export function Editor({ draft, snapshot, step, title, back, backLabel, own, isCampaign, arms, conflict, done }: Props) {
  const mayEdit = useMay("edit");
  const mayPublish = useMay("publish");
  const [chosen, setChosen] = useState<string | null>(null);
  const [tab, show] = useState<Tab>("edit");
  const [reader, setReader] = useState<calls.Reader>({ sample: "full" });
  const [said, say] = useState("");
  const history = snapshot.histories[step.id];
  const template = history?.now ?? step.template;
  const trigger = snapshot.kept.document.trigger?.event;
  const offers_code = Boolean(step.coupon);
  const tells_reward = Boolean(step.reward);
  const about = useMemo(
    () => ({ trigger, kind: step.message_kind ?? "marketing", offers_code, tells_reward, in_campaign: isCampaign }),
    [trigger, step.message_kind, offers_code, tells_reward, isCampaign],
  );
  const { data: tags } = useQuery({
    queryKey: ["tags", trigger],
    queryFn: () => calls.tags(trigger),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const checking = useChecking(template, about);
  const drawn = useDrawn(template, about, reader);
  const choose = (id: string | null) => {
    setChosen(id);
    if (id) show("edit");
  };
  const undo = () => {
    draft.undo(step.id);
    say(words.said.undone);
  };
  const redo = () => {
    draft.redo(step.id);
    say(words.said.redone);
  };
  useKeys({ undo, redo });
  const jump = (issue: Issue) => {
    setChosen(issue.block);
    show("edit");
    focusField(issue.block, issue.field);
  };
  const editing: Editing = {
    ...{ template, about, reader, tags, chosen, choose, say },
    issues: checking.issues,
    edit: (changed, field) => mayEdit && draft.edit(step.id, changed, field),
  };
  const isStart = isBlank(template);
  const begin = (from: typeof template) => {
    setChosen(null);
    draft.edit(step.id, from);
  };
  const block = isBlocks(template) ? find(template.blocks, chosen)?.block : undefined;
  return (
    <EditingProvider value={editing}>
      <main className="msg" data-tab={tab} data-chosen={block ? "" : undefined} data-form={!mayEdit ? "look" : isStart ? "start" : isBlocks(template) ? "blocks" : "code"}>
        <TopBar
          {...{ title, back, backLabel, arms, mayEdit, undo, redo, done }}
          status={snapshot.status}
          issues={checking.issues}
          canUndo={Boolean(history?.past.length)}
          canRedo={Boolean(history?.next.length)}
          openChecks={isStart ? null : () => show("checks")}
          test={mayEdit && <SendTest isOff={isStart} />}
        />
        {conflict}
        {!mayEdit ? (
          <Preview drawn={drawn} setReader={setReader} />
        ) : isStart ? (
          <StartFrom begin={begin} own={own} />
        ) : (
          <>
            <Tabs tab={tab} show={show} issues={checking.issues} />
            <Envelope subject={drawn.isBusy || drawn.error ? undefined : drawn.shown?.subject} />
            <div className="mlist">
              {isBlocks(template) ? <BlocksColumn undo={undo} /> : <CodeForm template={template} />}
            </div>
            <Preview drawn={drawn} setReader={setReader} />
            <FormColumn
              block={block}
              tab={tab}
              show={show}
              issues={checking.issues}
              size={drawn.shown?.size_bytes ?? null}
              checks={<Checks checking={checking} jump={jump} />}
              extras={
                <>
                  {mayPublish && <LookButton id={fieldId(null, "brand")} />}
                  <StartOver begin={begin} own={own} isOff={false} />
                </>
              }
            />
          </>
        )}
        <div className="vh" role="status">
          {said}
        </div>
      </main>
    </EditingProvider>
  );
}

/** On a phone one part is seen at a time. */
function Tabs({ tab, show, issues }: { tab: Tab; show: (tab: Tab) => void; issues: Issue[] }) {
  const checks = issues.length ? words.checksTab(String(issues.length)) : words.tabs.checks;
  const names = { ...words.tabs, checks };
  return (
    <div className="mtabs seg" role="group" aria-label={words.parts}>
      {(["edit", "preview", "checks"] as const).map((key) => (
        <button key={key} type="button" aria-pressed={key === tab} onClick={() => show(key)}>
          {names[key]}
        </button>
      ))}
    </div>
  );
}

/** Bring the focus to a field once its form is there; to the form where it has no such field. */
function focusField(block: string | null, field: string) {
  requestAnimationFrame(() => {
    const input = document.getElementById(fieldId(block, field)) ?? document.querySelector<HTMLElement>(".mform :is(input, select, textarea, [contenteditable])");
    input?.focus();
    input?.scrollIntoView({ block: "center" });
  });
}

export function usePageTitle(title: string) {
  useEffect(() => {
    document.title = title;
  }, [title]);
}
