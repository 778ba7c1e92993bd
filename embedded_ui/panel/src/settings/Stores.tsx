// Other stores of the same people: linked by a code, opened, unlinked.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { ApiError, api, send, toast } from "../api";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { Code, OtherStore, Stores as Kept } from "../types";
import { Failure } from "../ui/states";
import { words } from "./words";

export const STORES = ["stores"];

export function Stores() {
  const id = useId();
  const mayPublish = useMay("publish");
  const [isWaiting, wait] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: STORES,
    queryFn: () => api<Kept>("/stores"),
    refetchInterval: isWaiting ? 5_000 : false, // the code is entered elsewhere
  });
  const [asked, ask] = useState<OtherStore | null>(null);
  return (
    <section className="card" aria-labelledby={id} style={{ marginBlockStart: 16 }}>
      <div className="chead">
        <h2 id={id}>{words.stores}</h2>
      </div>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.storesText}
      </p>
      {error && !data && <Failure error={error} retry={refetch} />}
      {data?.stores.length === 0 && <p className="hint">{words.noStores}</p>}
      <ul className="rows">
        {data?.stores.map((store) => (
          <Line key={store.id} store={store} unlink={mayPublish ? () => ask(store) : undefined} />
        ))}
      </ul>
      {mayPublish ? data && <Linking key={data.stores.length} made={() => wait(true)} /> : <p className="hint">{strings.mayNot.publish}</p>}
      <Question asked={asked} close={() => ask(null)} />
    </section>
  );
}

function Line({ store, unlink }: { store: OtherStore; unlink?: () => void }) {
  return (
    <li className="inline">
      <span className="grow">
        <b>{store.name}</b>
        <span className="hint">{store.domain}</span>
      </span>
      <a className="btn" href={store.url} target="_top" aria-label={words.openOf(store.name)}>
        {words.open}
      </a>
      {unlink && (
        <button type="button" className="btn" aria-label={words.unlinkOf(store.name)} onClick={unlink}>
          {words.unlink}
        </button>
      )}
    </li>
  );
}

function Linking({ made }: { made: () => void }) {
  const { format } = useStore();
  const make = useMutation({ mutationFn: () => send<Code>("POST", "/stores/code"), onSuccess: made });
  return (
    <div className="pair" style={{ marginBlockStart: 16, rowGap: 12, alignItems: "start" }}>
      <div className="field">
        <span className="label">{words.ownCode}</span>
        <button type="button" className="btn" disabled={make.isPending} onClick={() => make.mutate()}>
          {words.makeCode}
        </button>
        {make.error && <Failure error={make.error} retry={make.mutate} />}
        {make.data && (
          <p role="status" style={{ marginBlockStart: 8 }}>
            {words.code}: <b className="num nowrap">{make.data.code}</b>
            <span className="hint">{words.codeUntil(format.zonedTime(make.data.expires_at))}</span>
          </p>
        )}
      </div>
      <Entry />
    </div>
  );
}

function Entry() {
  const id = useId();
  const queries = useQueryClient();
  const [code, setCode] = useState("");
  const link = useMutation({
    mutationFn: () => send<OtherStore>("POST", "/stores", { code: code.trim() }),
    onSuccess: async (store) => {
      setCode("");
      toast(words.linked(store.name));
      await queries.invalidateQueries({ queryKey: STORES });
    },
  });
  const wrong = link.error instanceof ApiError && link.error.field ? link.error.message : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    link.mutate();
  };
  return (
    <form className="field" onSubmit={submit} noValidate>
      <label htmlFor={id}>{words.enter}</label>
      <span className="inline" style={{ flexWrap: "nowrap" }}>
        <input
          id={id}
          className="input num"
          autoComplete="off"
          value={code}
          aria-invalid={Boolean(wrong)}
          aria-describedby={`${id}-told`}
          onChange={(event) => setCode(event.target.value)}
        />
        <button type="submit" className="btn" disabled={link.isPending || !code.trim()}>
          {words.link}
        </button>
      </span>
      <span id={`${id}-told`} className={wrong ? "wrong" : "hint"} role={wrong ? "alert" : undefined}>
        {wrong}
      </span>
      {link.error && !wrong && <Failure error={link.error} retry={link.mutate} />}
    </form>
  );
}

function Question({ asked, close }: { asked: OtherStore | null; close: () => void }) {
  const queries = useQueryClient();
  const unlink = useMutation({
    mutationFn: (store: OtherStore) => send("POST", `/stores/${store.id}/unlink`),
    onSuccess: async () => {
      toast(words.unlinked);
      close();
      await queries.invalidateQueries({ queryKey: STORES });
    },
  });
  return (
    <AlertDialog.Root open={asked !== null} onOpenChange={(isOpen) => !isOpen && close()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title render={<h2 />}>{asked && words.unlinkTitle(asked.name)}</AlertDialog.Title>
          <AlertDialog.Description>{words.unlinkText}</AlertDialog.Description>
          {unlink.error && <Failure error={unlink.error} retry={() => asked && unlink.mutate(asked)} />}
          <div className="inline">
            <AlertDialog.Close className="btn">{words.keep}</AlertDialog.Close>
            <button
              type="button"
              className="btn primary"
              disabled={unlink.isPending}
              onClick={() => asked && unlink.mutate(asked)}
            >
              {words.unlink}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
