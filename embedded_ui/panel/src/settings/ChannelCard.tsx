// One channel by the store's own account with a provider: how it fares, tried out, let go.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { send, toast } from "../api";
import { useMay, useStore } from "../store";
import type { Channel, Tried } from "../types";
import { Asked, asks } from "../ui/Asked";
import { Refusal } from "../ui/Refusal";
import { Failure } from "../ui/states";
import { AccountForm, CHANNELS } from "./AccountForm";
import type { AccountWords, ChannelForm } from "./channel-forms";
import { ChatPlaces } from "./ChatPlaces";
import { said, words } from "./channel-words";
import { ToPaste } from "./ToPaste";

type Props = { form: ChannelForm; account: Channel | null };

export function ChannelCard({ form, account }: Props) {
  const id = useId();
  const mayPublish = useMay("publish");
  const [isOpen, open] = useState(false);
  const own = said(form);
  return (
    <section className="card" aria-labelledby={id}>
      <div className="chead">
        <h2 id={id}>{own.title}</h2>
      </div>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {own.text}
      </p>
      {account && <State account={account} own={own} isOurs={form.isOurs} />}
      {account || isOpen ? (
        <AccountForm key={`account ${account?.connected_at}`} form={form} account={account} mayPublish={mayPublish} />
      ) : mayPublish ? (
        <button type="button" className="btn" aria-describedby={id} onClick={() => open(true)}>
          {words.setUp}
        </button>
      ) : (
        <p className="hint">{words.only}</p>
      )}
      {account && mayPublish && !form.isOurs && <Trial key={`trial ${account.connected_at}`} form={form} account={account} />}
      {account && mayPublish && <Disconnect form={form} ended={() => open(false)} />}
    </section>
  );
}

function State({ account, own, isOurs }: { account: Channel; own: AccountWords; isOurs?: boolean | undefined }) {
  const { format } = useStore();
  const word = account.fields.verify_token;
  return (
    <>
      {account.paused && (
        <Wrong>
          <Refusal lead={words.paused} meaning={account.paused.meaning} detail={account.paused.reason} />
        </Wrong>
      )}
      {!account.paused && account.trouble && account.trouble_at && (
        <Wrong>
          <Refusal lead={words.trouble(format.zoned(account.trouble_at))} meaning={account.trouble_meaning} detail={account.trouble} />
        </Wrong>
      )}
      {account.refused_at && <Wrong>{words.turnedAway(own.provider, format.zoned(account.refused_at), signs(own, account))}</Wrong>}
      <p className="hint" style={{ marginBlockEnd: 12 }}>
        {(isOurs ? words.onSince : isWell(account) ? words.connected : words.setUpAt)(format.zoned(account.connected_at))}
        {" · "}
        {heardOf(own.provider, isOurs, account.last_event_at && format.zoned(account.last_event_at), account.refused_at !== null)}
        {account.token_ends_at && ` · ${words.tokenEnds(format.day(account.token_ends_at))}`}
        {isUnproven(account) && ` · ${words.unproven(signs(own, account))}`}
      </p>
      {isOurs ? (
        <ChatPlaces account={account} />
      ) : (
        <ToPaste label={own.address} copy={words.copyAddress} value={account.callback_url} hint={own.addressHint} />
      )}
      {word && <ToPaste label={words.verifyToken} copy={words.copyWord} value={word} />}
    </>
  );
}

/** Instagram's own login asks for no proof of the secret: only a call that is signed with it is one. */
const isUnproven = ({ channel, fields, last_event_at, refused_at }: Channel) =>
  channel === "instagram" && fields["login"] !== "page" && !last_event_at && !refused_at;

/** What was found out goes when the account changes; siblings need keys that differ, or React keeps both. */
function Trial({ form, account }: { form: ChannelForm; account: Channel }) {
  return form.byMessage ? <Test form={form} /> : <Ask form={form} account={account} />;
}

/** "Connected" is said of what works: not beside why it does not. */
const isWell = ({ paused, trouble, refused_at }: Channel) => !paused && !trouble && !refused_at;

/** What the provider signs its calls with, as its field is called. */
function signs({ fields: said }: AccountWords, { fields }: Channel): string {
  const secret = (said["app_secret"] ?? said["auth_token"])?.label ?? "";
  return fields["shared_key_id"] ? `${secret} / ${said["shared_key"]?.label}` : secret;
}

function heardOf(provider: string, isOurs: boolean | undefined, at: string | null, wasRefused: boolean): string {
  if (isOurs) return at ? words.visitorWrote(at) : words.nobodyWrote;
  return at ? words.heard(provider, at) : wasRefused ? words.nothingTaken(provider) : words.unheard(provider);
}

function Wrong({ children }: { children: ReactNode }) {
  return (
    <div className="banner warn" role="status">
      <CircleAlert size={16} aria-hidden />
      <div>{children}</div>
    </div>
  );
}

function Test({ form }: { form: ChannelForm }) {
  const id = useId();
  const queries = useQueryClient();
  const [to, type] = useState("");
  const test = useMutation({
    mutationFn: () => send<Tried>("POST", `/channels/${form.channel}/test`, { to: to.trim() }),
    onSettled: () => queries.invalidateQueries({ queryKey: CHANNELS }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    test.mutate();
  };
  return (
    <form className="note" onSubmit={submit}>
      <div className="field">
        <label htmlFor={id}>{words.to}</label>
        <span className="inline">
          <input id={id} className="input grow" type="tel" required value={to} autoComplete="tel" aria-describedby={`${id}-told`} onChange={(event) => type(event.target.value)} />
          <button type="submit" className="btn" disabled={test.isPending}>
            {words.test}
          </button>
        </span>
        <div id={`${id}-told`} className="hint" role="status">
          <Told error={test.error} found={test.data} sent={said(form).sent(to)} />
        </div>
      </div>
    </form>
  );
}

/** What became of a message to a number of one's own; how to write the number, before. */
export function Told({ error, found, sent }: { error: Error | null; found: Tried | undefined; sent: string }) {
  if (error) return <Refusal lead={words.failed} meaning={null} detail={error.message} tone="wrong" />;
  if (!found) return words.phone;
  return found.is_sent ? sent : <Refusal lead={words.failed} meaning={found.meaning} detail={found.detail} tone="wrong" />;
}

function Ask({ form, account }: { form: ChannelForm; account: Channel }) {
  const own = said(form);
  const queries = useQueryClient();
  const ask = useMutation({
    mutationFn: () => send<Tried>("POST", `/channels/${form.channel}/test`, {}),
    onSettled: () => queries.invalidateQueries({ queryKey: CHANNELS }),
  });
  const found = ask.data;
  return (
    <div className="note">
      <button type="button" className="btn" disabled={ask.isPending} onClick={() => ask.mutate()}>
        {words.ask}
      </button>
      <div className="hint" role="status">
        {ask.error && <Refusal lead={words.refused} meaning={null} detail={ask.error.message} tone="wrong" />}
        {found && !found.is_sent && <Refusal lead={words.refused} meaning={found.meaning} detail={found.detail} tone="wrong" />}
        {found?.is_sent && own.sent(found.detail)}
        {found?.is_sent && isUnproven(account) && ` ${words.unproven(signs(own, account))}`}
      </div>
    </div>
  );
}

function Disconnect({ form, ended }: { form: ChannelForm; ended: () => void }) {
  const queries = useQueryClient();
  const [isAsked, ask] = useState(false);
  const own = said(form);
  const end = useMutation({
    mutationFn: () => send("DELETE", `/channels/${form.channel}`),
    onSuccess: () => {
      toast(own.disconnected);
      ended();
      return queries.invalidateQueries({ queryKey: CHANNELS });
    },
  });
  return (
    <>
      <button type="button" className="btn" style={{ marginBlockStart: 16 }} {...asks} onClick={() => ask(true)}>
        {form.isOurs ? words.turnOff : words.disconnect}
      </button>
      <Asked
        isOpen={isAsked}
        open={ask}
        title={own.sure}
        text={own.sureText}
        keep={words.cancel}
        act={
          <button type="button" className="btn primary" disabled={end.isPending} onClick={() => end.mutate()}>
            {form.isOurs ? words.turnOff : words.disconnect}
          </button>
        }
      >
        {end.error && <Failure error={end.error} retry={() => end.mutate()} />}
      </Asked>
    </>
  );
}
