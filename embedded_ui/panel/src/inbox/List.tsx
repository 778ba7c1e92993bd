// The inbox's list: which conversations there are, whose they are, and who waits.
import { CircleAlert, Clock, Inbox as Icon, MessageCircle, Search } from "lucide-react";
import { Link } from "wouter";
import { duration } from "../format";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import { titleOf } from "../timeline/Attached";
import type { ConversationLine } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Empty, Failure } from "../ui/states";
import { ALL, isNarrowed, type Narrowed, nameOf, type useConversations } from "./calls";
import { StartTest } from "./StartTest";
import { words } from "./words";

const SHOWS = ["unassigned", "mine", "unanswered", "all", "closed"];
const CHATS = ["sms", "whatsapp", "messenger", "instagram", "webchat"];

type Props = {
  asked: ReturnType<typeof useConversations>;
  lines: ConversationLine[];
  now: string;
  chosen: string;
  narrowed: Narrowed;
  narrow: (narrowed: Narrowed) => void;
};

export function List({ asked, lines, now, chosen, narrowed, narrow }: Props) {
  const { format } = useStore();
  return (
    <section className="iblist" aria-label={words.list}>
      <Narrowing narrowed={narrowed} narrow={narrow} />
      {asked.error && <Failure error={asked.error} retry={asked.refetch} isOld={Boolean(asked.data)} />}
      {!asked.data && !asked.error && <RowSkeletons rows={6} />}
      {asked.data && !lines.length && <Nobody narrowed={narrowed} narrow={narrow} />}
      <ul className="iblines">
        {lines.map((line) => (
          <li key={line.customer_id}>
            <Line line={line} now={now} isChosen={line.customer_id === chosen} />
          </li>
        ))}
      </ul>
      {asked.hasNextPage && (
        <button type="button" className="btn plain" disabled={asked.isFetchingNextPage} onClick={() => asked.fetchNextPage()}>
          {words.more}
        </button>
      )}
      {lines.length > 0 && (
        <>
          {!chosen && <p className="small sub ibtry">{strings.customer.times(format.timeZone)}</p>}
          <p className="ibtry">
            <StartTest isPlain />
          </p>
        </>
      )}
    </section>
  );
}

function Narrowing({ narrowed, narrow }: Pick<Props, "narrowed" | "narrow">) {
  return (
    <div className="ibnarrow">
      <div className="seg" role="group" aria-label={words.show}>
        {SHOWS.map((show) => (
          <button key={show} type="button" aria-pressed={show === narrowed.show} onClick={() => narrow({ ...narrowed, show })}>
            {words.shows[show]}
          </button>
        ))}
      </div>
      <div className="search">
        <Search size={16} aria-hidden />
        <input
          className="input"
          type="search"
          aria-label={words.search}
          placeholder={words.search}
          maxLength={100}
          value={narrowed.search}
          onChange={(event) => narrow({ ...narrowed, search: event.target.value })}
        />
      </div>
      <div className="ibpair">
        <select
          className="input"
          aria-label={words.channel}
          value={narrowed.channel}
          onChange={(event) => narrow({ ...narrowed, channel: event.target.value })}
        >
          <option value="">{words.anyChannel}</option>
          {CHATS.map((channel) => (
            <option key={channel} value={channel}>
              {strings.channels[channel]}
            </option>
          ))}
        </select>
        <select
          className="input"
          aria-label={words.sort}
          value={narrowed.sort}
          onChange={(event) => narrow({ ...narrowed, sort: event.target.value })}
        >
          <option value="">{words.latestFirst}</option>
          <option value="waiting">{words.longestFirst}</option>
        </select>
      </div>
    </div>
  );
}

function Line({ line, now, isChosen }: { line: ConversationLine; now: string; isChosen: boolean }) {
  const { format } = useStore();
  return (
    <Link className="ibline" href={to(`/inbox/${line.customer_id}`)} aria-current={isChosen ? "true" : undefined}>
      <span className="inline">
        <b className="grow clip">{nameOf(line)}</b>
        {line.is_test && <span className="badge">{words.test.badge}</span>}
        {line.unread > 0 && <span className="badge info">{words.unread(line.unread)}</span>}
      </span>
      <span className="sub clip">{line.said || format.list([...new Set(line.attachments.map(titleOf))]) || wordless(line)}</span>
      <span className="small sub inline">
        <MessageCircle size={12} aria-hidden />
        {line.channel && <span>{strings.channels[line.channel] ?? line.channel}</span>}
        <span>{line.waiting_since ? waited(line.waiting_since, now) : format.moment(line.last_at)}</span>
      </span>
      {line.answer_by && <Promised by={line.answer_by} now={now} />}
    </Link>
  );
}

function wordless({ said, last_inbound_at }: ConversationLine): string {
  return said === null && last_inbound_at ? words.deleted : words.wordless;
}

const HOUR = 3600; // s
const secondsBetween = (from: string, to: string) => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);

/** Say how long somebody has waited: in minutes, for seconds that run by are only unrest. */
function waited(since: string, now: string): string {
  const whole = Math.floor(secondsBetween(since, now) / 60) * 60;
  return whole ? words.waits(duration(whole, "short")) : words.waitsNow;
}

/** Until when the first answer is promised: the store's hours are counted in. */
function Promised({ by, now }: { by: string; now: string }) {
  const { format } = useStore();
  const left = Math.ceil(secondsBetween(now, by) / 60) * 60;
  if (!left) {
    return (
      <span className="badge bad iblate">
        <CircleAlert size={12} aria-hidden />
        {words.wasDue(format.moment(by))}
      </span>
    );
  }
  return (
    <span className="badge iblate">
      <Clock size={12} aria-hidden />
      {left < HOUR ? words.dueIn(duration(left, "short")) : words.dueAt(format.moment(by))}
    </span>
  );
}

function Nobody({ narrowed, narrow }: Pick<Props, "narrowed" | "narrow">) {
  if (isNarrowed(narrowed)) {
    const all = { ...narrowed, show: ALL, channel: "", search: "" };
    return (
      <Empty
        icon={<Icon aria-hidden />}
        title={words.nothing}
        text={words.nothingText}
        action={
          <button type="button" className="btn" onClick={() => narrow(all)}>
            {words.showAll}
          </button>
        }
      />
    );
  }
  return <p className="sub ibtry">{words.emptyTitle}</p>;
}
