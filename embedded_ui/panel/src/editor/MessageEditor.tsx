// Loads what holds the message, keeps what is written into it, and shows the editor of one of its messages.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { Link, useLocation } from "wouter";
import { toast } from "../api";
import { to } from "../place";
import { strings } from "../strings";
import { BackHead } from "../ui/BackHead";
import { PageSkeleton } from "../ui/Skeleton";
import { Failure, Notice } from "../ui/states";
import { Arms, armsOf } from "./Arms";
import { Conflict } from "./Conflict";
import { Editor, usePageTitle } from "./Editor";
import { Draft, type Kept, type Keeper, messageOf, messages } from "./keeping";
import { shelfOf } from "./shelf";
import { words } from "./words";
import "./editor.css";

type Props = {
  /** What it is kept under in the page's cache. */
  name: string[];
  keeper: Keeper;
  /** The step to write; without it the first message there is. */
  step: string | null;
  back: string;
  backLabel: string;
  own: (step: string) => string;
  /** What holds the message is a campaign: it has no other steps. */
  isCampaign?: boolean;
  path: (step: string) => string;
};

export function MessageEditor(props: Props) {
  const { name, keeper } = props;
  const { data, error, refetch } = useQuery({
    queryKey: ["writing", ...name],
    queryFn: keeper.load,
    // What is being written here is the draft's; another answer of the server would begin it anew.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  if (!data) {
    const head = { back: props.back, label: props.backLabel, title: words.message };
    if (error) return <Failure error={error} retry={refetch} isPage head={<BackHead {...head} />} />;
    return <PageSkeleton frame="msg" head={<BackHead {...head} bar="mhead" />} />;
  }
  return <Writing key={name.join("/")} kept={data} {...props} />;
}

function Writing({ kept, name, keeper, step: wanted, back, backLabel, own, isCampaign = false, path }: Props & { kept: Kept }) {
  const [draft] = useState(() => new Draft(keeper, kept, shelfOf(name)));
  const snapshot = useSyncExternalStore(draft.subscribe, draft.get);
  const [, go] = useLocation();
  useEffect(() => {
    if (draft.resume()) toast(words.restored);
  }, [draft]);
  useLeaving(draft, name);
  const { document } = snapshot.kept;
  const step = wanted ? messageOf(document, wanted) : messages(document)[0];
  usePageTitle(`${step?.name || document.name} · ${strings.app}`);
  if (!step) return <Missing back={back} label={backLabel} />;
  const done = async () => {
    if (await draft.flush()) go(to(back));
  };
  return (
    <Editor
      key={step.id}
      {...{ draft, snapshot, step, backLabel, isCampaign }}
      title={step.name || document.name}
      back={to(back)}
      own={own(step.id)}
      arms={<Arms arms={armsOf(document, step.id)} here={step.id} path={path} />}
      conflict={<Conflict draft={draft} status={snapshot.status} />}
      done={() => void done()}
    />
  );
}

/** Nothing is lost by leaving: what is not kept yet is kept then, also when the window closes. */
function useLeaving(draft: Draft, name: string[]) {
  const queries = useQueryClient();
  const key = name.join("/");
  useEffect(() => {
    const leave = () => draft.close();
    const online = () => void draft.flush();
    window.addEventListener("pagehide", leave);
    window.addEventListener("online", online);
    return () => {
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("online", online);
      void draft.flush(true).then(() => queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "writing" }));
    };
  }, [draft, key, queries]);
}

function Missing({ back, label }: { back: string; label: string }): ReactNode {
  return (
    <Notice
      title={words.noStep}
      text={words.noStepText}
      action={
        <Link className="btn primary" href={to(back)}>
          {label}
        </Link>
      }
    />
  );
}
