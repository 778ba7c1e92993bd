// What a merchant does about one customer: takes them out of a flow, exports their data, erases it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, send, toast } from "../api";
import { useMay } from "../store";
import type { Customer, InFlow, Receipt } from "../types";
import { Asked, asks } from "../ui/Asked";
import { Failure } from "../ui/states";
import { Typed } from "../ui/Typed";
import { save } from "./save";
import { words } from "./words";

export function RemoveFromFlow({ customer, flow }: { customer: Customer; flow: InFlow }) {
  const [isAsked, ask] = useState(false);
  const mayPublish = useMay("publish");
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => send("POST", `/customers/${customer.id}/flows/${flow.flow_id}/remove`),
    onSuccess: async () => {
      toast(words.removed(flow.flow_name));
      ask(false);
      await queries.invalidateQueries({ queryKey: ["customer", customer.id] });
      await queries.invalidateQueries({ queryKey: ["timeline", customer.id] });
    },
  });
  if (!mayPublish) return null;
  return (
    <>
      <button type="button" className="btn" aria-label={words.removeFrom(flow.flow_name)} {...asks} onClick={() => ask(true)}>
        {words.remove}
      </button>
      <Asked
        isOpen={isAsked}
        open={ask}
        title={words.removeTitle(flow.flow_name)}
        text={words.removeText}
        keep={words.cancel}
        act={
          <button type="button" className="btn primary" disabled={remove.isPending} onClick={() => remove.mutate()}>
            {words.remove}
          </button>
        }
      >
        {Boolean(remove.error) && <Failure error={remove.error} retry={() => remove.mutate()} />}
      </Asked>
    </>
  );
}

type CareProps = { customer: Customer; erased: (receipt: Receipt) => void };

/** For publishers alone: the one gives everything away, the other is for good. */
export function TheirData({ customer, erased }: CareProps) {
  const mayPublish = useMay("publish");
  const collect = useMutation({
    mutationFn: () => api<unknown>(`/customers/${customer.id}/export`),
    onSuccess: (told) => {
      save(`customer-${customer.id}.json`, told);
      toast(words.exported);
    },
  });
  if (!mayPublish) return null;
  return (
    <section className="card" aria-labelledby="their-data">
      <h2 id="their-data">{words.data}</h2>
      <p className="sub" style={{ marginBlock: "4px 12px" }}>
        {words.dataText}
      </p>
      {Boolean(collect.error) && <Failure error={collect.error} retry={() => collect.mutate()} />}
      <div className="inline">
        <button type="button" className="btn" disabled={collect.isPending} onClick={() => collect.mutate()}>
          <Download size={14} aria-hidden />
          {collect.isPending ? words.exporting : words.export}
        </button>
        <Erase customer={customer} erased={erased} />
      </div>
    </section>
  );
}

function Erase({ customer, erased }: CareProps) {
  return (
    <Typed<Receipt>
      path={`/customers/${customer.id}/erase`}
      done={erased}
      icon={<Trash2 size={14} aria-hidden />}
      words={{
        ask: words.erase,
        title: words.eraseTitle,
        text: words.eraseText,
        type: words.eraseType(customer.confirm),
        keep: words.cancel,
        go: words.eraseGo,
        going: words.erasing,
      }}
    />
  );
}
