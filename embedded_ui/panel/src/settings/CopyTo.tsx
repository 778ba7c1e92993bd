// Taking a flow along to another store of the same people.
import { Dialog } from "@base-ui/react/dialog";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { api, send } from "../api";
import type { Copied, Stores } from "../types";
import { Failure } from "../ui/states";
import { STORES } from "./Stores";
import { words } from "./words";

type Props = { flow: { id: string; name: string } | null; close: () => void };

/** Ask which of the linked stores gets the flow's draft; shown while there is a flow. */
export function CopyTo({ flow, close }: Props) {
  const id = useId();
  const { data, error, refetch } = useQuery({
    queryKey: STORES,
    queryFn: () => api<Stores>("/stores"),
    enabled: flow !== null,
  });
  const [chosen, choose] = useState("");
  const store = chosen || data?.stores[0]?.id;
  const copy = useMutation({
    mutationFn: () => send<Copied>("POST", `/flows/${flow?.id}/copy`, { store_id: store }),
  });
  if (copy.data) return <Arrived copied={copy.data} isOpen={flow !== null} close={close} closed={copy.reset} />;
  return (
    <Dialog.Root open={flow !== null} onOpenChange={(isOpen) => !isOpen && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title render={<h2 />}>{flow && words.copyTitle(flow.name)}</Dialog.Title>
          <Dialog.Description>{words.copyText}</Dialog.Description>
          {(copy.error || error) && (
            <Failure error={copy.error ?? error} retry={() => (copy.error ? copy.mutate() : refetch())} />
          )}
          {data?.stores.length === 0 && <p className="hint">{words.noStores}</p>}
          {data && data.stores.length > 0 && (
            <div className="field" style={{ marginBlockStart: 12 }}>
              <label htmlFor={id}>{words.copyTo}</label>
              <select id={id} className="input" value={store} onChange={(event) => choose(event.target.value)}>
                {data.stores.map((each) => (
                  <option key={each.id} value={each.id}>
                    {each.name}
                  </option>
                ))}
              </select>
            </div>
          )}
          <div className="inline">
            <Dialog.Close className="btn">{words.cancel}</Dialog.Close>
            <button
              type="button"
              className="btn primary"
              disabled={copy.isPending || !store}
              onClick={() => copy.mutate()}
            >
              {words.copyDo}
            </button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type ArrivedProps = { copied: Copied; isOpen: boolean; close: () => void; closed: () => void };

/** Says what the other store has now, and what is left to do there. */
function Arrived({ copied, isOpen, close, closed }: ArrivedProps) {
  const { store, flow_id, left } = copied;
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && close()} onOpenChangeComplete={(open) => !open && closed()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title render={<h2 />}>{words.copied(store.name)}</Dialog.Title>
          <Dialog.Description>{left.length ? words.left : words.nothingLeft}</Dialog.Description>
          {left.length > 0 && (
            <ul className="plainlist">
              {left.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          )}
          <p className="hint">{words.ownLook}</p>
          <div className="inline">
            <Dialog.Close className="btn">{words.close}</Dialog.Close>
            <a className="btn primary" href={`${store.pages}/flows/${flow_id}`} target="_top">
              {words.openOf(store.name)}
            </a>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
