// The links by which customers begin a flow with a message of theirs, each with its QR code.
import { useQuery } from "@tanstack/react-query";
import { Copy } from "lucide-react";
import { api, toast } from "../api";
import { strings } from "../strings";
import type { OptInLink, OptInLinks as Links } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { useFlowId } from "./flowId";
import { words } from "./words";

const said = words.links;
const OFTEN = 5_000; // ms: they follow the draft as it is kept

export default function OptInLinks() {
  const id = useFlowId();
  const { data, error, refetch } = useQuery({
    queryKey: ["links", id],
    queryFn: () => api<Links>(`/flows/${id}/links`),
    refetchInterval: OFTEN,
    gcTime: 0,
  });
  return (
    <section aria-labelledby="opt-in">
      <h3 id="opt-in">{said.title}</h3>
      {data ? <Told told={data} /> : error ? <Failure error={error} retry={() => void refetch()} /> : <RowSkeletons rows={2} />}
    </section>
  );
}

function Told({ told }: { told: Links }) {
  if (!told.links.length) return <p className="sub">{said.none}</p>;
  return (
    <>
      <p className="sub">{told.is_live ? said.text : said.notLive}</p>
      <ul className="rows2">
        {told.links.map((link) => (
          <li key={link.channel} className="own optin">
            <Link link={link} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Link({ link }: { link: OptInLink }) {
  const name = strings.channels[link.channel] ?? link.channel;
  if (!link.url) {
    return (
      <p>
        <strong>{name}</strong> <span className="hint">{link.missing}</span>
      </p>
    );
  }
  const url = link.url;
  const copy = () => void navigator.clipboard.writeText(url).then(() => toast(said.copied), () => undefined);
  return (
    <>
      <strong>{name}</strong>
      <img src={link.svg ?? ""} alt={said.code(name)} width={120} height={120} />
      <input className="input" readOnly aria-label={said.link(name)} value={url} onFocus={(event) => event.target.select()} />
      <div className="inline">
        <button type="button" className="btn small" aria-label={said.copyLink(name)} onClick={copy}>
          <Copy size={14} aria-hidden />
          {said.copy}
        </button>
        <a className="btn small" href={link.svg ?? ""} download={`${link.channel}.svg`} aria-label={said.download(name, said.svg)}>{said.svg}</a>
        <a className="btn small" href={link.png ?? ""} download={`${link.channel}.png`} aria-label={said.download(name, said.png)}>{said.png}</a>
      </div>
    </>
  );
}
