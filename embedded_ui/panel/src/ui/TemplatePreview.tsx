// A template of WhatsApp's as the customer reads it, and what each of its blanks is called.
import { type ReactNode, useId } from "react";
import type { MessageTemplate } from "../types";

const BLANK = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/** What an area calls the blanks of a template. */
export type BlankWords = {
  body: (name: string) => string;
  header: (name: string) => string;
  picture: string;
  button: (label: string) => string;
  code: (label: string) => string;
};

export const keyOf = ({ name, language }: Pick<MessageTemplate, "name" | "language">) => `${name} ${language}`;

export function labelOf(blank: MessageTemplate["blanks"][number], template: MessageTemplate, said: BlankWords): string {
  const [part, name = ""] = blank.place.split(":");
  const button = template.buttons[Number(name)] ?? name;
  if (part === "button") return blank.kind === "code" ? said.code(button) : said.button(button);
  if (part === "header") return blank.kind === "text" ? said.header(name) : said.picture;
  return said.body(name);
}

type Props = {
  template: MessageTemplate;
  said: BlankWords & { preview: string };
  parameters: Record<string, string>;
  readable?: (value: string) => string;
};

export function TemplatePreview({ template, said, parameters, readable = (value) => value }: Props) {
  const id = useId();
  const fill = (part: string, text: string) =>
    text.split(BLANK).map((piece, at): ReactNode => {
      if (at % 2 === 0) return piece; // between the names of blanks
      const place = `${part}:${piece}`;
      return readable(parameters[place] ?? "") || <mark key={at} className="tofill">{`[${stoodInFor(place)}]`}</mark>;
    });
  const stoodInFor = (place: string) => {
    const blank = template.blanks.find((one) => one.place === place);
    return blank ? blank.example || labelOf(blank, template, said) : place.split(":")[1];
  };
  return (
    <div className="note tpreview" role="group" aria-labelledby={id}>
      <span className="hint" id={id}>{said.preview}</span>
      {template.header && <p><b>{fill("header", template.header)}</b></p>}
      <p style={{ whiteSpace: "pre-wrap" }}>{fill("body", template.body)}</p>
      {template.footer && <p className="hint">{template.footer}</p>}
      {template.buttons.length > 0 && (
        <p className="inline">
          {template.buttons.map((button) => (
            <span key={button} className="badge info">{button}</span>
          ))}
        </p>
      )}
    </div>
  );
}
