// What goes by WhatsApp: an approved template with its blanks filled.
import { useQuery } from "@tanstack/react-query";
import { api } from "../api";
import type { MessageStep, WhatsAppWords } from "../builder/document";
import { useStore } from "../store";
import type { MessageTemplate, MessageTemplates } from "../types";
import { keyOf, labelOf, TemplatePreview } from "../ui/TemplatePreview";
import { Select } from "./fields";
import { TaggedField, useReading } from "./Tagged";
import { words } from "./words";

const said = words.message.whatsapp;
const chosenKey = ({ template, language }: WhatsAppWords) => (template ? `${template} ${language}` : "");
type Props = { step: MessageStep; set: (part: Partial<MessageStep>) => void };

export function WhatsAppField({ step, set }: Props) {
  const { data } = useQuery({ queryKey: ["whatsapp-templates"], queryFn: () => api<MessageTemplates>("/channels/whatsapp/templates") });
  const { format } = useStore();
  const reading = useReading();
  const kept = step.template.whatsapp ?? {};
  const put = (whatsapp: WhatsAppWords | undefined) => set({ template: { ...step.template, whatsapp } });
  const templates = data?.templates ?? [];
  const chosen = templates.find((one) => keyOf(one) === chosenKey(kept));
  return (
    <>
      <Select
        name="whatsapp.template"
        label={said.template}
        hint={data && !data.is_connected ? said.notConnected : said.templateHint}
        value={chosenKey(kept)}
        options={optionsOf(templates, kept, format.tongue)}
        keep={(key) => put(picked(templates.find((one) => keyOf(one) === key)))}
      />
      {chosen?.trouble && <p className="wrong" role="status">{chosen.trouble}</p>}
      {chosen?.blanks.map((blank) => (
        <TaggedField
          key={blank.place}
          name={`whatsapp.${blank.place}`}
          label={labelOf(blank, chosen, said)}
          hint={blank.before ? said.before(blank.before) : blank.example ? said.example(blank.example) : undefined}
          value={kept.parameters?.[blank.place] ?? ""}
          maxLength={2000}
          keep={(value) => put({ ...kept, parameters: { ...kept.parameters, [blank.place]: value } })}
        />
      ))}
      {chosen && <TemplatePreview template={chosen} said={said} parameters={kept.parameters ?? {}} readable={reading} />}
    </>
  );
}

function optionsOf(templates: MessageTemplate[], kept: WhatsAppWords, tongue: (code: string) => string) {
  const known = templates
    .filter((one) => one.is_sendable || keyOf(one) === chosenKey(kept))
    .map((one) => [keyOf(one), `${one.name}, ${tongue(one.language)}`] as const);
  const own = chosenKey(kept);
  const missing = own && !known.some(([key]) => key === own) ? [[own, `${kept.template}, ${tongue(kept.language ?? "")}`] as const] : [];
  return [["", said.noTemplate] as const, ...known, ...missing];
}

/** A button's address begins as the way back to the cart: it is what most templates lead to. */
function picked(template: MessageTemplate | undefined): WhatsAppWords | undefined {
  if (!template) return undefined;
  const links = template.blanks.filter(({ kind }) => kind === "address_end");
  return { template: template.name, language: template.language, parameters: Object.fromEntries(links.map(({ place }) => [place, "{{ cart.url }}"])) };
}
