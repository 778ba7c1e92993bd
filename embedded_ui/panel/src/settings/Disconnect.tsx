// What leaving Reprise does and leaves, and parting from the store from here.
import { useMutation } from "@tanstack/react-query";
import { Unplug } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { ApiError, send } from "../api";
import { useMay, useStore } from "../store";
import { Asked, asks } from "../ui/Asked";
import { words } from "./form-words";
import { Failure } from "../ui/states";
import { Card } from "./cards";

export function Disconnect() {
  const { store } = useStore();
  const mayPublish = useMay("publish");
  const [isGone, leave] = useState(false);
  const platform = store.platform === "woocommerce" ? words.onWooCommerce : words.onShopify;
  if (isGone)
    return (
      <Card title={words.goneTitle}>
        <p role="status">{platform.gone}</p>
      </Card>
    );
  return (
    <Card title={words.uninstallTitle}>
      <Lines title={words.stopsTitle} lines={words.stops} />
      <Lines title={words.keptTitle} lines={[...words.kept, ...platform.kept]} />
      {mayPublish && <Ask domain={store.domain} text={platform.text} done={() => leave(true)} />}
    </Card>
  );
}

function Lines({ title, lines }: { title: string; lines: string[] }) {
  return (
    <>
      <h3>{title}</h3>
      <ul className="plainlist sub" style={{ marginBlockEnd: 12 }}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}

function Ask({ domain, text, done }: { domain: string; text: string; done: () => void }) {
  const [isAsked, ask] = useState(false);
  const [typed, type] = useState("");
  const id = useId();
  const parting = useMutation({
    mutationFn: () => send("POST", "/store/disconnect", { confirm: typed }),
    onSuccess: done,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    parting.mutate();
  };
  const isWrong = parting.error instanceof ApiError && parting.error.field === "confirm";
  return (
    <>
      <button type="button" className="btn" {...asks} onClick={() => ask(true)}>
        <Unplug size={14} aria-hidden />
        {words.disconnect}
      </button>
      <Asked
        isOpen={isAsked}
        open={ask}
        title={words.disconnectTitle}
        text={text}
        keep={words.keepConnected}
        submit={submit}
        act={
          <button type="submit" className="btn danger" disabled={parting.isPending || !typed.trim()}>
            {words.disconnect}
          </button>
        }
      >
        <div className="field" style={{ marginBlockStart: 12 }}>
          <label htmlFor={id}>{words.disconnectType(domain)}</label>
          <input
            id={id}
            className="input"
            value={typed}
            autoComplete="off"
            spellCheck={false}
            aria-invalid={isWrong}
            aria-describedby={`${id}-wrong`}
            onChange={(event) => type(event.target.value)}
          />
          <span id={`${id}-wrong`} className="wrong" role="status">
            {isWrong && parting.error!.message}
          </span>
        </div>
        {Boolean(parting.error) && !isWrong && <Failure error={parting.error} retry={() => parting.mutate()} />}
      </Asked>
    </>
  );
}
