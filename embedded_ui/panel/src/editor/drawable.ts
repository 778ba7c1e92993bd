// A message that is not finished, so that it can be drawn: gaps are filled for the preview alone.
import { type Block, type BlockTemplate, isBlocks, type Template } from "./blocks";
import { words } from "./words";

const HOME = "{{ store.url }}";
const LEADS = /^(https?:\/\/[^\s/]|mailto:.|tel:.|{{)/i;

export const drawable = (template: Template): Template =>
  isBlocks(template) ? { ...withSubject(template), blocks: template.blocks.map(filled) } : withSubject(template);

const withSubject = <T extends Template>(template: T): T =>
  template.subject.trim() ? template : { ...template, subject: words.noSubject };

function filled(block: Block): Block {
  switch (block.kind) {
    case "heading":
      return block.text.trim() ? block : { ...block, text: words.blockKinds.heading };
    case "text":
    case "html":
      return block.html.trim() ? block : { ...block, html: `<p>${words.blockKinds[block.kind]}</p>` };
    case "button":
      return { ...block, label: block.label.trim() || words.blockKinds.button, href: leading(block.href) };
    case "image":
      return LEADS.test(block.src) ? { ...block, href: block.href && leading(block.href) } : placeholder(block);
    case "columns":
      return { ...block, left: block.left.map(filled), right: block.right.map(filled) };
    default:
      return block;
  }
}

const leading = (href: string) => (LEADS.test(href) ? href : HOME);

/** Where a picture will be. */
const placeholder = ({ id, when }: Block): BlockTemplate["blocks"][number] => ({
  id,
  when,
  kind: "text",
  html: `<p>${words.imageHere}</p>`,
  tone: "quiet",
  align: "center",
});
