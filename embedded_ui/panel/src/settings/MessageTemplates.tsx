// WhatsApp's templates: what Meta approved, when it was last asked, a test of one.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { api, send, toast } from "../api";
import { useMay, useStore } from "../store";
import type { MessageTemplate, MessageTemplates as Listed, Tried } from "../types";
import { Failure } from "../ui/states";
import { Told } from "./ChannelCard";
import { words } from "./channel-words";

const KEY = ["whatsapp-templates"];
const PATH = "/channels/whatsapp/templates";
const said = words.templates;

export function MessageTemplates() {
  const id = useId();
  const { format } = useStore();
  const queries = useQueryClient();
  const mayEdit = useMay("edit");
  const mayPublish = useMay("publish");
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: () => api<Listed>(PATH) });
  const sync = useMutation({
    mutationFn: () => send<Listed>("POST", PATH),
    onSuccess: (found) => {
      queries.setQueryData(KEY, found);
      toast(said.synchronised);
    },
  });
  return (
    <section className="card" aria-labelledby={id}>
      <div className="chead">
        <h2 id={id} className="grow">{said.title}</h2>
        {mayEdit && (
          <button type="button" className="btn" disabled={sync.isPending} onClick={() => sync.mutate()}>
            <RefreshCw size={14} aria-hidden />
            {said.sync}
          </button>
        )}
      </div>
      <p className="sub">{said.text}</p>
      {data?.synced_at && <p className="hint" style={{ marginBlockEnd: 12 }}>{said.synced(format.zoned(data.synced_at))}</p>}
      {sync.error && <Failure error={sync.error} retry={() => sync.mutate()} />}
      {error && !data && <Failure error={error} retry={refetch} />}
      {data?.templates.length === 0 && <p className="sub">{said.none}</p>}
      {data && data.templates.length > 0 && <List templates={data.templates} />}
      {data && mayPublish && <Try templates={data.templates.filter((one) => one.is_sendable)} />}
    </section>
  );
}

function List({ templates }: { templates: MessageTemplate[] }) {
  const { format } = useStore();
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={said.title}>
      <table className="tbl templates">
        <thead>
          <tr>
            <th scope="col">{said.name}</th>
            <th scope="col">{said.language}</th>
            <th scope="col">{said.category}</th>
            <th scope="col">{said.status}</th>
          </tr>
        </thead>
        <tbody>
          {templates.map((one) => (
            <tr key={`${one.name} ${one.language}`}>
              <th scope="row" style={{ overflowWrap: "anywhere" }}>{one.name}</th>
              <td>{format.tongue(one.language)}</td>
              <td>{said.categories[one.category] ?? one.category}</td>
              <td>
                <span className={one.is_sendable ? "badge ok" : "badge warn"}>{said.statuses[one.status] ?? one.status}</span>
                {one.trouble && <span className="hint">{one.trouble}</span>}
                {one.code && <code className="hint">{one.code}</code>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Try({ templates }: { templates: MessageTemplate[] }) {
  const id = useId();
  const { format } = useStore();
  const queries = useQueryClient();
  const [chosen, choose] = useState(0);
  const [to, type] = useState("");
  const one = templates[chosen] ?? templates[0];
  const test = useMutation({
    mutationFn: () => send<Tried>("POST", `${PATH}/test`, { name: one?.name, language: one?.language, to: to.trim() }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["channels"] }),
  });
  if (!one) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    test.mutate();
  };
  return (
    <form className="note" onSubmit={submit}>
      <div className="field">
        <label htmlFor={`${id}-which`}>{said.which}</label>
        <select id={`${id}-which`} className="input" value={chosen} onChange={(event) => choose(Number(event.target.value))}>
          {templates.map((each, index) => (
            <option key={`${each.name} ${each.language}`} value={index}>{`${each.name}, ${format.tongue(each.language)}`}</option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={id}>{words.to}</label>
        <span className="inline">
          <input id={id} className="input grow" type="tel" required value={to} autoComplete="tel" aria-describedby={`${id}-told`} onChange={(event) => type(event.target.value)} />
          <button type="submit" className="btn" disabled={test.isPending}>{said.test}</button>
        </span>
        <div id={`${id}-told`} className="hint" role="status">
          <Told error={test.error} found={test.data} sent={said.sent(to)} />
        </div>
      </div>
    </form>
  );
}
