// What each channel and each message brought.
import { Link } from "wouter";
import { readable } from "../readable";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import type { ChannelBrought, Dashboard, MessageBrought } from "../types";
import { Channels } from "../ui/badges";
import { words } from "./words";

const ENOUGH = 200;
const { columns } = words;

export function Tables({ figures }: { figures: Dashboard }) {
  const { format } = useStore();
  const cost = figures.code_costs.reduce((sum, each) => sum + each.cost, 0);
  if (!figures.messages.length) return null;
  return (
    <>
      <section className="card flush" style={{ marginBlockEnd: 16 }} aria-labelledby="by-message">
        <div className="chead">
          <h2 id="by-message">{words.messagesTitle}</h2>
          <span className="sub small">{words.messageSource}</span>
        </div>
        <ByMessage messages={figures.messages} />
        <p className="pager sub small">{words.tooFew(ENOUGH)}</p>
      </section>
      <section className="card flush" style={{ marginBlockEnd: 16 }} aria-labelledby="by-channel">
        <div className="chead">
          <h2 id="by-channel">{words.channelsTitle}</h2>
        </div>
        <ByChannel channels={figures.channels} />
        {cost > 0 ? <p className="pager sub small">{words.codeCosts(format.money(cost))}</p> : <p className="pager small wide"><Link href={to("/settings")}>{words.unknownCostWhy}</Link></p>}
      </section>
    </>
  );
}

/** What both tables tell, between whose row it is and what one of them adds. */
function Heads({ first, last }: { first: string; last?: string }) {
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        <th scope="col" className="r">{columns.sent}</th>
        <th scope="col" className="r wide">{columns.opened}</th>
        <th scope="col" className="r wide">{columns.clicked}</th>
        <th scope="col" className="r wide">{columns.orders}</th>
        <th scope="col" className="r">{columns.revenue}</th>
        {last && <th scope="col" className="r wide">{last}</th>}
      </tr>
    </thead>
  );
}

function ByChannel({ channels }: { channels: ChannelBrought[] }) {
  const { format } = useStore();
  return (
    <div className="scroll">
      <table className="tbl">
        <Heads first={columns.channel} last={columns.cost} />
        <tbody>
          {channels.map((channel) => (
            <tr key={channel.channel}>
              <td>{strings.channels[channel.channel] ?? channel.channel}</td>
              <td className="r num">{format.int(channel.sent)}</td>
              <td className="r num wide">{format.int(channel.opened)}</td>
              <td className="r num wide">{format.int(channel.clicked)}</td>
              <td className="r num wide">{format.int(channel.orders)}</td>
              <td className="r num">
                <b>{format.roundMoney(channel.revenue)}</b>
              </td>
              <td className="r num sub wide">
                {channel.cost === null ? words.unknownCost : format.money(channel.cost)}
                {channel.cost !== null && channel.free > 0 && <div className="small">{words.free(channel.free, format.int(channel.free))}</div>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ByMessage({ messages }: { messages: MessageBrought[] }) {
  const { format } = useStore();
  return (
    <div className="scroll">
      <table className="tbl">
        <Heads first={columns.message} />
        <tbody>
          {messages.map((message) => (
            <tr key={`${message.flow_id}${message.step_id}`}>
              <td>
                <span className="inline" style={{ flexWrap: "nowrap" }}>
                  <Channels names={[message.channel]} />
                  {message.is_campaign ? (
                    <b>{readable(message.name)}</b>
                  ) : (
                    <Link className="rowlink" href={to(`/flows/${message.flow_id}`)}>
                      {readable(message.name)}
                    </Link>
                  )}
                </span>
                <div className="sub small">{message.flow_name}</div>
              </td>
              <td className="r num">{format.int(message.sent)}</td>
              <Rate message={message} aspect="open" count={message.opened} isWide />
              <Rate message={message} aspect="click" count={message.clicked} isWide />
              <Rate message={message} aspect="order" count={message.orders} isWide />
              <td className="r num">
                <b>{format.roundMoney(message.revenue)}</b>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type RateProps = { message: MessageBrought; aspect: string; count: number; isWide?: boolean };

/** A count, and its rate once enough were sent; one below what is usual says so. */
function Rate({ message, aspect, count, isWide = false }: RateProps) {
  const { format } = useStore();
  const told = message.rates.find((each) => each.aspect === aspect);
  return (
    <td className={isWide ? "r num wide" : "r num"}>
      {format.int(count)}
      {told?.rate != null && <div className="sub small">{format.percent(told.rate)}</div>}
      {told?.band?.standing === "below" && <div className="small below">{words.belowMark}</div>}
    </td>
  );
}
