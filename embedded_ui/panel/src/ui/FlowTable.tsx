// The best flows in rows, with the figures of a period.
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

export function FlowTable({ flows }: { flows: FlowLine[] | undefined }) {
  if (!flows) return <RowSkeletons rows={4} />;
  if (!flows.length) {
    return <Empty icon={<Workflow aria-hidden />} title={strings.flows.noneLive} text={strings.flows.empty} />;
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
            <th scope="col" className="r">
              {columns.sent}
            </th>
            <th scope="col" className="r wide">
              {columns.orders}
            </th>
            <th scope="col" className="r">
              {columns.revenue}
            </th>
          </tr>
        </thead>
        <tbody>
          {flows.map((flow) => (
            <Row key={flow.id} flow={flow} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ flow }: { flow: FlowLine }) {
  const { format } = useStore();
  return (
    <tr>
      <td>
        <Link className="rowlink" href={to(`/flows/${flow.id}`)}>
          {flow.name}
        </Link>
      </td>
      <td>
        <StatusBadge status={flow.status} />
      </td>
      <td className="wide">
        <Channels names={flow.channels} />
      </td>
      <td className="r num">{format.int(flow.sent)}</td>
      <td className="r num wide">{format.int(flow.orders)}</td>
      <td className="r num">
        <b>{format.roundMoney(flow.revenue)}</b>
      </td>
    </tr>
  );
}
