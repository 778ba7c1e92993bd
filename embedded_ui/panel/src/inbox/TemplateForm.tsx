// The way out of a closed window: a template that Meta approved, picked, filled, previewed and sent.
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { ApiError, api } from "../api";
import { useStore } from "../store";
import { strings } from "../strings";
import type { MessageTemplate, MessageTemplates, Thread } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { keyOf, labelOf, TemplatePreview } from "../ui/TemplatePreview";
import { useReply } from "./calls";
import { words } from "./words";

const said = words.template;
type Values = Record<string, string>;
type Props = { thread: Thread; way: Thread["ways"][number]; seen: number; children: ReactNode };

export default function TemplateForm({ thread, way, seen, children }: Props) {
  const id = useId();
  const { format } = useStore();
  const [chosen, choose] = useState("");
  const [values, fill] = useState<Values>({});
  const asked = useQuery({ queryKey: ["whatsapp-templates"], queryFn: () => api<MessageTemplates>("/channels/whatsapp/templates") });
  const reply = useReply(thread.conversation.customer_id);
  const post = useMutation({
    mutationFn: ({ anyway }: { anyway: boolean }) => {
      const template = { name: one!.name, language: one!.language, values };
      return reply.mutateAsync({ channel: way.channel, text: "", key: crypto.randomUUID(), seen, anyway, product_id: null, template });
    },
    onSuccess: () => pick(""),
  });
  const templates = asked.data?.templates.filter(({ is_sendable }) => is_sendable) ?? [];
  const one = templates.find((each) => keyOf(each) === chosen);
  const refusal = one?.category === "marketing" ? way.marketing_refusal : null;
  const pick = (key: string) => {
    choose(key);
    post.reset();
    fill(begun(templates.find((each) => keyOf(each) === key), thread));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (one && !refusal && !post.isPending) post.mutate({ anyway: false });
  };
  if (asked.error && !asked.data) return <Failure error={asked.error} retry={asked.refetch} />;
  if (!asked.data) return <RowSkeletons rows={1} />;
  const wrong = post.error instanceof ApiError ? post.error.field : undefined;
  const isAtBlank = one?.blanks.some(({ place }) => wrong === `template.${place}`);
  return (
    <form className="ibtemplate" onSubmit={submit}>
      {templates.length === 0 && <p className="sub">{said.none}</p>}
      {templates.length > 0 && (
        <div className="field">
          <label htmlFor={id}>{said.which}</label>
          <select id={id} className="input" value={chosen} onChange={(event) => pick(event.target.value)}>
            <option value="">{said.pick}</option>
            {templates.map((each) => (
              <option key={keyOf(each)} value={keyOf(each)}>{`${each.name}, ${format.tongue(each.language)}`}</option>
            ))}
          </select>
          {refusal && <span className="wrong" role="status">{strings.reasons[refusal]}</span>}
        </div>
      )}
      {one && !refusal && (
        <>
          {one.blanks.map((blank) => (
            <Blank
              key={blank.place}
              blank={blank}
              label={labelOf(blank, one, said)}
              value={values[blank.place] ?? ""}
              wrong={wrong === `template.${blank.place}` ? post.error?.message : undefined}
              write={(value) => fill({ ...values, [blank.place]: value })}
            />
          ))}
          <TemplatePreview template={one} said={said} parameters={values} />
        </>
      )}
      {post.error && !isAtBlank && <Failure error={post.error} retry={() => post.mutate({ anyway: false })} />}
      <div className="inline">
        {children}
        <span className="grow" />
        {wrong === "seen" && (
          <button type="button" className="btn" onClick={() => post.mutate({ anyway: true })}>
            {words.sendAnyway}
          </button>
        )}
        <button className="btn primary" disabled={!one || Boolean(refusal) || post.isPending}>
          {said.send}
        </button>
      </div>
    </form>
  );
}

type BlankProps = {
  blank: MessageTemplate["blanks"][number];
  label: string;
  value: string;
  wrong: string | undefined;
  write: (value: string) => void;
};

function Blank({ blank, label, value, wrong, write }: BlankProps) {
  const id = useId();
  const hint = blank.before ? said.before(blank.before) : blank.example && said.example(blank.example);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        required
        maxLength={2000}
        value={value}
        aria-invalid={wrong ? true : undefined}
        aria-describedby={`${id}-told`}
        onChange={(event) => write(event.target.value)}
      />
      <span id={`${id}-told`} className={wrong ? "wrong" : "hint"}>{wrong ?? hint}</span>
    </div>
  );
}

/** A button that leads to the store begins as the way back to the cart; a blank called so, as the name. */
function begun(template: MessageTemplate | undefined, { customer }: Thread): Values {
  const values: Values = {};
  for (const { place, kind, before } of template?.blanks ?? []) {
    if (kind === "address_end" && before && customer.cart_link?.startsWith(before)) values[place] = customer.cart_link;
    if (place.endsWith(":first_name") && customer.first_name) values[place] = customer.first_name;
  }
  return values;
}
