// What goes by WhatsApp: an approved template with its blanks filled.
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { api } from "../api";
import type { MessageStep, WhatsAppWords } from "../builder/document";
import { readable } from "../flow/words";
import type { MessageTemplate, MessageTemplates } from "../types";
import { Select, TextField } from "./fields";
import { words } from "./words";

const said = words.message.whatsapp;
const BLANK = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;
const keyOf = ({ template, language }: WhatsAppWords) => (template ? `${template} ${language}` : "");
type Props = { step: MessageStep; set: (part: Partial<MessageStep>) => void };

export function WhatsAppField({ step, set }: Props) {
  const { data } = useQuery({ queryKey: ["whatsapp-templates"], queryFn: () => api<MessageTemplates>("/channels/whatsapp/templates") });
  const kept = step.template.whatsapp ?? {};
  const put = (whatsapp: WhatsAppWords | undefined) => set({ template: { ...step.template, whatsapp } });
  const templates = data?.templates ?? [];
  const chosen = templates.find((one) => `${one.name} ${one.language}` === keyOf(kept));
  return (
    <>
      <Select
        name="whatsapp.template"
        label={said.template}
        hint={data && !data.is_connected ? said.notConnected : said.templateHint}
        value={keyOf(kept)}
        options={optionsOf(templates, kept)}
        keep={(key) => put(picked(templates.find((one) => `${one.name} ${one.language}` === key)))}
      />
      {chosen?.trouble && <p className="wrong" role="status">{chosen.trouble}</p>}
      {chosen?.blanks.map((blank) => (
        <TextField
          key={blank.place}
          name={`whatsapp.${blank.place}`}
          label={labelOf(blank, chosen)}
          hint={blank.before ? said.before(blank.before) : blank.example ? said.example(blank.example) : undefined}
          value={kept.parameters?.[blank.place] ?? ""}
          maxLength={2000}
          keep={(value) => put({ ...kept, parameters: { ...kept.parameters, [blank.place]: value } })}
        />
      ))}
      {chosen && <Preview template={chosen} parameters={kept.parameters ?? {}} />}
    </>
  );
}

function optionsOf(templates: MessageTemplate[], kept: WhatsAppWords) {
  const known = templates
    .filter((one) => one.is_sendable || `${one.name} ${one.language}` === keyOf(kept))
    .map((one) => [`${one.name} ${one.language}`, `${one.name} (${one.language})`] as const);
  const own = keyOf(kept);
  const missing = own && !known.some(([key]) => key === own) ? [[own, own] as const] : [];
  return [["", said.noTemplate] as const, ...known, ...missing];
}

/** A button's address begins as the way back to the cart: it is what most templates lead to. */
function picked(template: MessageTemplate | undefined): WhatsAppWords | undefined {
  if (!template) return undefined;
  const links = template.blanks.filter(({ kind }) => kind === "address_end");
  return { template: template.name, language: template.language, parameters: Object.fromEntries(links.map(({ place }) => [place, "{{ cart.url }}"])) };
}

function labelOf(blank: MessageTemplate["blanks"][number], template: MessageTemplate): string {
  const [part, name = ""] = blank.place.split(":");
  const button = template.buttons[Number(name)] ?? name;
  if (part === "button") return blank.kind === "code" ? said.code(button) : said.button(button);
  if (part === "header") return blank.kind === "text" ? said.header(name) : said.picture;
  return said.body(name);
}

function Preview({ template, parameters }: { template: MessageTemplate; parameters: Record<string, string> }) {
  const id = useId();
  const fill = (part: string, text: string) =>
    text.replace(BLANK, (whole: string, name: string) => readable(parameters[`${part}:${name}`] ?? "") || whole);
  return (
    <div className="note tpreview" role="group" aria-labelledby={id}>
      <span className="hint" id={id}>{said.preview}</span>
      {template.header && <p><b>{fill("header", template.header)}</b></p>}
      <p style={{ whiteSpace: "pre-wrap" }}>{fill("body", template.body)}</p>
      {template.footer && <p className="hint">{template.footer}</p>}
      {template.buttons.length > 0 && (
        <p className="inline">
          {template.buttons.map((label) => (
            <span key={label} className="badge info">{label}</span>
          ))}
        </p>
      )}
    </div>
  );
}
