// The inbox: conversations on one side, the one that is read on the other; on a phone one after the other.
import { Inbox as Icon, MessagesSquare } from "lucide-react";
import { useEffect, useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { ALL, isNarrowed, type Narrowed, useConversations, useDeed } from "../inbox/calls";
import "../inbox/inbox.css";
import { List } from "../inbox/List";
import { StartTest } from "../inbox/StartTest";
import { Thread } from "../inbox/Thread";
import { words } from "../inbox/words";
import { to } from "../place";
import { useMay } from "../store";
import { Empty } from "../ui/states";
import { useSettled } from "../ui/useSettled";

const TYPED = "input, textarea, select, [contenteditable]";

export default function Inbox() {
  const { id = "" } = useParams<{ id?: string }>();
  const [narrowed, narrow] = useState<Narrowed>({ show: ALL, channel: "", search: "", sort: "" });
  const search = useSettled(narrowed.search.trim(), 250);
  const asked = useConversations({ ...narrowed, search });
  const lines = asked.data?.pages.flatMap((page) => page.conversations) ?? [];
  useKeys(id, lines.map((line) => line.customer_id));
  const isEmpty = Boolean(asked.data) && !lines.length && !isNarrowed(narrowed);
  return (
    <main className="inbox" data-open={id ? "" : undefined} data-empty={isEmpty && !id ? "" : undefined}>
      <h1 className="vh">{words.title}</h1>
      <List asked={asked} lines={lines} now={asked.data?.pages[0]?.now ?? ""} chosen={id} narrowed={narrowed} narrow={narrow} />
      {id ? (
        <Thread key={id} id={id} />
      ) : (
        <section className="ibthread ibnone">
          {lines.length > 0 && <Empty icon={<MessagesSquare aria-hidden />} title={words.choose} text={words.chooseText} />}
          {isEmpty && <Empty icon={<Icon aria-hidden />} title={words.empty} text={words.emptyText} action={<First />} />}
        </section>
      )}
    </main>
  );
}

/** What to begin with where nobody has written yet. */
function First() {
  return (
    <div className="inline">
      <StartTest />
      <Link className="btn" href={to("/settings/channels")}>
        {words.tryLink}
      </Link>
    </div>
  );
}

/** J and K walk through the list, E closes what is read; not while somebody writes. */
function useKeys(id: string, ids: string[]) {
  const [, go] = useLocation();
  const mayAnswer = useMay("answer");
  const { mutate: act } = useDeed(id);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as Element;
      if (event.metaKey || event.ctrlKey || event.altKey || target.closest(TYPED)) return;
      const step = { j: 1, k: -1 }[event.key.toLowerCase()];
      const next = step && ids[Math.max(0, Math.min(ids.length - 1, ids.indexOf(id) + step))];
      if (next) go(to(`/inbox/${next}`));
      if (event.key.toLowerCase() === "e" && id && mayAnswer) {
        act({ deed: "close" });
        go(to("/inbox"));
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });
}
