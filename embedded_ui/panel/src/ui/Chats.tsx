// Where a customer chats; a chat that was joined to them by proof can be taken off again.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, send, toast } from "../api";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { Chats as Told } from "../types";
import { Failure } from "./states";

const words = strings.customer;

/** What a platform calls somebody tells a person nothing, but a number does. */
const isNumber = (address: string) => address.startsWith("+");

export default function Chats({ id }: { id: string }) {
  const { format } = useStore();
  const may = useMay("edit");
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey: ["chats", id], queryFn: () => api<Told>(`/customers/${id}/chats`) });
  const split = useMutation({
    mutationFn: (chat: { channel: string; address: string }) => send<Told>("POST", `/customers/${id}/chats/split`, chat),
    onSuccess: async () => {
      toast(words.chatTakenOff);
      await queries.invalidateQueries();
    },
  });
  if (!data?.chats.length) return null;
  return (
    <section className="card" aria-labelledby="chats">
      <div className="chead">
        <h2 id="chats">{words.chats}</h2>
      </div>
      {split.error && <Failure error={split.error} retry={() => split.reset()} />}
      <ul className="rows">
        {data.chats.map(({ channel, address, name, joined_at }) => (
          <li key={channel + address}>
            <span>{strings.channels[channel] ?? channel}</span>
            {(name || isNumber(address)) && <p className="sub small">{name || address}</p>}
            {joined_at && <p className="sub small">{words.chatJoined(format.zoned(joined_at))}</p>}
            {joined_at && may && (
              <button type="button" className="btn" style={{ marginBlockStart: 4 }} disabled={split.isPending} onClick={() => split.mutate({ channel, address })}>
                {words.notThem}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
