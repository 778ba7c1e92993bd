// What an account with a provider consists of: shown, changed, connected.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { ApiError, send, toast } from "../api";
import type { Account, Channel, Tried } from "../types";
import { Failure } from "../ui/states";
import type { AccountWords, Asked, ChannelForm, FieldWords } from "./channel-forms";
import { said, words } from "./channel-words";

export const CHANNELS = ["channels"];
const REFUSED = 422;
type Values = Record<string, string>;
type Props = { form: ChannelForm; account: Channel | null; mayPublish: boolean };

export function AccountForm({ form, account, mayPublish }: Props) {
  const queries = useQueryClient();
  const own = said(form);
  const [values, put] = useState<Values>(() => initial(form, account));
  const keep = useMutation({
    mutationFn: () => connect(form, values),
    onSuccess: (tried) => {
      toast(tried && !tried.is_sent ? (tried.meaning ?? words.refused) : own.saved);
      return queries.invalidateQueries({ queryKey: CHANNELS });
    },
  });
  const wrong = keep.error instanceof ApiError && keep.error.status === REFUSED ? keep.error : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate();
  };
  return (
    <form onSubmit={submit}>
      {form.fields.map((asked) => (
        <Line
          key={asked.name} asked={asked} said={saidOf(own, asked, account)} value={values[asked.name] ?? ""}
          disabled={!mayPublish} wrong={wrong?.field === asked.name ? wrong.message : undefined}
          change={(value) => put({ ...values, [asked.name]: value })}
        />
      ))}
      {keep.error && !wrong && <Failure error={keep.error} retry={() => keep.mutate()} isTyped />}
      <button type="submit" className={account ? "btn" : "btn primary"} disabled={!mayPublish || keep.isPending}>
        {account ? words.save : form.isOurs ? words.turnOn : words.connect}
      </button>
      {!mayPublish && <span className="hint">{words.only}</span>}
    </form>
  );
}

/** Keeps the account; a provider that can be asked is asked at once, and what is wrong shows above. */
async function connect(form: ChannelForm, values: Values): Promise<Tried | null> {
  const fields = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
  const account: Account = { provider: form.provider, fields };
  await send<Channel>("PUT", `/channels/${form.channel}`, account);
  return form.isOurs ? null : send<Tried>("POST", `/channels/${form.channel}/test`, {});
}

function initial(form: ChannelForm, account: Channel | null): Values {
  return Object.fromEntries(
    form.fields.map(({ name, choices }) => [name, account?.fields[name] ?? choices?.[0] ?? ""]),
  );
}

function saidOf(own: AccountWords, asked: Asked, account: Channel | null): FieldWords {
  const said = own.fields[asked.name] ?? { label: asked.name, hint: "" };
  const isKept = asked.isSecret && account && (!asked.goesWith || account.fields[asked.goesWith]);
  return isKept ? { ...said, hint: words.kept } : said;
}

type LineProps = { asked: Asked; said: FieldWords; value: string; disabled: boolean; wrong: string | undefined; change: (value: string) => void };

function Line({ asked, said, value, disabled, wrong, change }: LineProps) {
  const id = useId();
  const shared = { id, className: "input", value, disabled, "aria-invalid": Boolean(wrong), "aria-describedby": `${id}-told` };
  return (
    <div className="field">
      <label htmlFor={id}>{said.label}</label>
      {asked.choices ? (
        <select {...shared} onChange={(event) => change(event.target.value)}>
          {asked.choices.map((one) => <option key={one} value={one}>{said.choices?.[one] ?? one}</option>)}
        </select>
      ) : (
        <input
          {...shared} type={asked.isSecret ? "password" : "text"} autoComplete="off" spellCheck={false}
          onChange={(event) => change(asked.isSentence ? event.target.value : event.target.value.trim())}
        />
      )}
      <span id={`${id}-told`}>
        <span className="hint">{said.hint}</span>
        {wrong && <span className="wrong">{wrong}</span>}
      </span>
    </div>
  );
}
