// The store's flows in rows: figures of the period, what needs a look, and a switch to pause each.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { Link } from "wouter";
import { send, toast } from "../api";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import type { FlowRow, FlowStatus } from "../types";
import { Channels, StatusBadge } from "../ui/badges";
import { words } from "./words";

const { columns } = strings.flows;
const WEEK = 7 * 86_400_000;

export function Rows({ flows, fail }: { flows: FlowRow[]; fail: (error: unknown) => void }) {
  return (
    <div className="scroll">
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">{columns.flow}</th>
            <th scope="col">{columns.status}</th>
            <th scope="col" className="wide">{columns.channels}</th>
            <th scope="col" className="r wide">{columns.entered}</th>
            <th scope="col" className="r wide">{columns.waiting}</th>
            <th scope="col" className="r wide">{columns.sent}</th>
            <th scope="col" className="r wide">{columns.orders}</th>
            <th scope="col" className="r">{columns.revenue}</th>
            <th scope="col" className="wide">{words.changed}</th>
            <th scope="col"><span className="vh">{words.actions}</span></th>
          </tr>
        </thead>
        <tbody>
          {flows.map((flow) => (
            <Row key={flow.id} flow={flow} fail={fail} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ flow, fail }: { flow: FlowRow; fail: (error: unknown) => void }) {
  const { format } = useStore();
  return (
    <tr>
      <td>
        <Link className="rowlink" href={to(`/flows/${flow.id}`)}>
          {flow.name}
        </Link>
        <div className="sub small">{strings.flows.trigger(flow.trigger)}</div>
        <Warnings flow={flow} />
      </td>
      <td><StatusBadge status={flow.status} /></td>
      <td className="wide"><Channels names={flow.channels} /></td>
      <td className="r num wide">{format.int(flow.entered)}</td>
      <td className="r num wide">{format.int(flow.waiting)}</td>
      <td className="r num wide">{format.int(flow.sent)}</td>
      <td className="r num wide">{format.int(flow.orders)}</td>
      <td className="r num"><b>{format.roundMoney(flow.revenue)}</b></td>
      <td className="sub nowrap wide">{format.date(flow.updated_at)}</td>
      <td><Switch flow={flow} fail={fail} /></td>
    </tr>
  );
}

function Warnings({ flow }: { flow: FlowRow }) {
  const { store } = useStore();
  const since = new Date(store.now).getTime() - WEEK;
  const isOld = new Date(flow.updated_at).getTime() < since;
  const isSilent = flow.status === "live" && isOld && (!flow.last_sent_at || new Date(flow.last_sent_at).getTime() < since);
  if (!flow.problems && !flow.has_changes && !isSilent) return null;
  return (
    <div className="marks">
      {flow.problems > 0 && <span className="badge bad">{words.broken(flow.problems)}</span>}
      {flow.has_changes && <span className="badge info">{words.edited}</span>}
      {isSilent && <span className="badge warn">{words.silent}</span>}
    </div>
  );
}

function Switch({ flow, fail }: { flow: FlowRow; fail: (error: unknown) => void }) {
  const { store } = useStore();
  const queries = useQueryClient();
  const isLive = flow.status === "live";
  const act = useMutation({
    mutationFn: () => send<FlowStatus>("POST", `/flows/${flow.id}/${isLive ? "pause" : "resume"}`),
    onSuccess: async () => {
      toast(isLive ? words.paused(flow.name) : words.resumed(flow.name));
      await queries.invalidateQueries({ queryKey: ["flows"] });
    },
    onError: fail,
  });
  if (flow.status === "draft" || !store.you.rights.includes("publish")) return null;
  const Icon = isLive ? Pause : Play;
  return (
    <button
      type="button"
      className="btn plain icon"
      disabled={act.isPending}
      aria-label={isLive ? words.pause(flow.name) : words.resume(flow.name)}
      onClick={() => act.mutate()}
    >
      <Icon size={16} aria-hidden />
    </button>
  );
}
