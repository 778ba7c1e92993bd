// Flows in rows, with the figures of a period.
import { Workflow } from "lucide-react";
import { Link } from "wouter";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import type { FlowLine } from "../types";
import { Channels, StatusBadge } from "./badges";
import { RowSkeletons } from "./Skeleton";
import { Empty } from "./states";

const { columns } = strings.flows;

export function FlowTable({ flows, isShort = false }: { flows: FlowLine[] | undefined; isShort?: boolean }) {
  if (!flows) return <RowSkeletons rows={isShort ? 4 : 8} />;
  if (!flows.length) {
    return <Empty icon={<Workflow aria-hidden />} title={strings.flows.emptyTitle} text={strings.flows.empty} />;
  }
  return (
    <div className="scroll">
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">{columns.flow}</th>
            <th scope="col">{columns.status}</th>
            <th scope="col" className="wide">
              {columns.channels}
            </th>
            {!isShort && (
              <>
                <th scope="col" className="r">
                  {columns.entered}
                </th>
                <th scope="col" className="r">
                  {columns.waiting}
                </th>
              </>
            )}
            <th scope="col" className="r">
              {columns.sent}
            </th>
            <th scope="col" className="r">
              {columns.orders}
            </th>
            <th scope="col" className="r">
              {columns.revenue}
            </th>
            {!isShort && <th scope="col">{columns.changed}</th>}
          </tr>
        </thead>
        <tbody>
          {flows.map((flow) => (
            <Row key={flow.id} flow={flow} isShort={isShort} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ flow, isShort }: { flow: FlowLine; isShort: boolean }) {
  const { format } = useStore();
  const trigger = strings.flows.trigger(flow.trigger);
  return (
    <tr>
      <td>
        <Link className="rowlink" href={to(`/flows/${flow.id}`)}>
          {flow.name}
        </Link>
        {!isShort && <div className="sub small">{trigger}</div>}
      </td>
      <td>
        <StatusBadge status={flow.status} />
      </td>
      <td className="wide">
        <Channels names={flow.channels} />
      </td>
      {!isShort && (
        <>
          <td className="r num">{format.int(flow.entered)}</td>
          <td className="r num">{format.int(flow.waiting)}</td>
        </>
      )}
      <td className="r num">{format.int(flow.sent)}</td>
      <td className="r num">{format.int(flow.orders)}</td>
      <td className="r num">
        <b>{format.roundMoney(flow.revenue)}</b>
      </td>
      {!isShort && (
        <td className="sub">{flow.last_sent_at ? format.moment(flow.last_sent_at) : strings.flows.never}</td>
      )}
    </tr>
  );
}
