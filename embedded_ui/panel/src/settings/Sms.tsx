// Text messages by the store's own account: connected, tried out, let go.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, Copy } from "lucide-react";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { ApiError, send, toast } from "../api";
import { useMay, useStore } from "../store";
import type { Account, Channel, Tried } from "../types";
import { Failure } from "../ui/states";
import { words } from "./channel-words";

const KEY = ["channels"];
const REFUSED = 422;
type Props = { account: Channel | null };

export function Sms({ account }: Props) {
  const id = useId();
  const mayPublish = useMay("publish");
  return (
    <section className="card" aria-labelledby={id}>
      <div className="chead">
        <h2 id={id}>{words.title}</h2>
      </div>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.text}
      </p>
      {account && <State account={account} />}
      <Form key={account?.connected_at} account={account} mayPublish={mayPublish} />
      {account && mayPublish && <Test />}
      {account && mayPublish && <Disconnect />}
    </section>
  );
}

function State({ account }: { account: Channel }) {
  const { format } = useStore();
  const copy = () => void navigator.clipboard.writeText(account.callback_url).then(() => toast(words.copied));
  return (
    <>
      {account.paused && <Wrong>{words.paused(account.paused.reason)}</Wrong>}
      {!account.paused && account.trouble && account.trouble_at && (
        <Wrong>{words.trouble(account.trouble, format.moment(account.trouble_at))}</Wrong>
      )}
      <p className="hint" style={{ marginBlockEnd: 12 }}>
        {words.connected(format.moment(account.connected_at))}
        {" · "}
        {account.last_event_at ? words.heard(format.moment(account.last_event_at)) : words.unheard}
      </p>
      <div className="field">
        <span className="label">{words.address}</span>
        <span className="inline">
          <code className="grow" style={{ overflowWrap: "anywhere" }}>{account.callback_url}</code>
          <button type="button" className="btn" onClick={copy}>
            <Copy size={14} aria-hidden />
            {words.copy}
          </button>
        </span>
        <span className="hint">{words.addressHint}</span>
      </div>
    </>
  );
}

function Wrong({ children }: { children: ReactNode }) {
  return (
    <div className="banner warn" role="status">
      <CircleAlert size={16} aria-hidden />
      <div>{children}</div>
    </div>
  );
}

function Form({ account, mayPublish }: Props & { mayPublish: boolean }) {
  const queries = useQueryClient();
  const [form, put] = useState<Account>({ account_sid: account?.account_sid ?? "", sender: account?.sender ?? "" });
  const keep = useMutation({
    mutationFn: () => send<Channel>("PUT", "/channels/sms", { ...form, auth_token: form.auth_token || undefined }),
    onSuccess: () => {
      toast(words.saved);
      return queries.invalidateQueries({ queryKey: KEY });
    },
  });
  const wrong = keep.error instanceof ApiError && keep.error.status === REFUSED ? keep.error : null;
  const field = (name: keyof Account, label: string, hint: string, type = "text") => (
    <Line
      label={label} hint={hint} type={type} value={form[name] ?? ""} disabled={!mayPublish}
      wrong={wrong?.field === name ? wrong.message : undefined}
      change={(value) => put({ ...form, [name]: value })}
    />
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate();
  };
  return (
    <form onSubmit={submit}>
      {field("account_sid", words.account, words.accountHint)}
      {field("auth_token", words.token, account ? words.tokenKept : words.tokenHint, "password")}
      {field("sender", words.sender, words.senderHint)}
      {keep.error && !wrong && <Failure error={keep.error} retry={() => keep.mutate()} />}
      <button type="submit" className={account ? "btn" : "btn primary"} disabled={!mayPublish || keep.isPending}>
        {account ? words.save : words.connect}
      </button>
      {!mayPublish && <span className="hint">{words.only}</span>}
    </form>
  );
}

type LineProps = { label: string; hint: string; type: string; value: string; disabled: boolean; wrong: string | undefined; change: (value: string) => void };

function Line({ label, hint, type, value, disabled, wrong, change }: LineProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id} className="input" type={type} value={value} disabled={disabled} autoComplete="off" spellCheck={false}
        aria-invalid={Boolean(wrong)} aria-describedby={`${id}-told`} onChange={(event) => change(event.target.value.trim())}
      />
      <span id={`${id}-told`}>
        <span className="hint">{hint}</span>
        {wrong && <span className="wrong">{wrong}</span>}
      </span>
    </div>
  );
}

function Test() {
  const id = useId();
  const queries = useQueryClient();
  const [to, type] = useState("");
  const test = useMutation({
    mutationFn: () => send<Tried>("POST", "/channels/sms/test", { to: to.trim() }),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    test.mutate();
  };
  return (
    <form className="note" onSubmit={submit}>
      <label htmlFor={id}>{words.to}</label>
      <span className="inline">
        <input id={id} className="input" type="tel" required value={to} autoComplete="tel" aria-describedby={`${id}-told`} onChange={(event) => type(event.target.value)} />
        <button type="submit" className="btn" disabled={test.isPending}>
          {words.test}
        </button>
      </span>
      <p id={`${id}-told`} className="hint" role="status">
        {told(test.error, test.data, to)}
      </p>
    </form>
  );
}

function told(error: Error | null, data: Tried | undefined, to: string): string {
  if (error) return words.failed(error.message);
  if (!data) return words.phone;
  return data.is_sent ? words.sent(to) : words.failed(data.detail);
}

function Disconnect() {
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => send("DELETE", "/channels/sms"),
    onSuccess: () => {
      toast(words.disconnected);
      return queries.invalidateQueries({ queryKey: KEY });
    },
  });
  return (
    <AlertDialog.Root>
      <AlertDialog.Trigger className="btn" style={{ marginBlockStart: 16 }}>{words.disconnect}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="scrim" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title render={<h2 />}>{words.sure}</AlertDialog.Title>
          <AlertDialog.Description>{words.sureText}</AlertDialog.Description>
          {end.error && <Failure error={end.error} retry={() => end.mutate()} />}
          <div className="inline">
            <AlertDialog.Close className="btn">{words.cancel}</AlertDialog.Close>
            <button type="button" className="btn primary" disabled={end.isPending} onClick={() => end.mutate()}>
              {words.disconnect}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
