// The links by which customers begin a flow with a message of theirs, each with its QR code.
import { useQuery } from "@tanstack/react-query";
import { api } from "../api";
import type { OptInLinks as Links } from "../types";
import { LinkCode } from "../ui/LinkCode";
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
            <LinkCode link={link} />
          </li>
        ))}
      </ul>
    </>
  );
}
