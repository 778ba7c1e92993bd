// The form of the chosen block: one for each kind, and what all of them have.
import { type Block, replace } from "./blocks";
import { issueOf, useBlocks } from "./context";
import { sayIssue } from "./kinds";
import { Destinations } from "./LinkMenu";
import { Line } from "./Line";
import { Choice, fieldId, Labelled, NumberInput } from "./parts";
import { ProductsForm } from "./ProductsForm";
import { Rich } from "./Rich";
import { When } from "./When";
import { words } from "./words";

type FormProps<T extends Block> = { block: T; set: (part: Partial<T>, field: string) => void };

export function BlockForm({ block }: { block: Block }) {
  const { blocks, put, issues } = useBlocks();
  const whole = issueOf(issues, block.id, ""); // what is wrong with it, and in no field of it
  const set = (part: Partial<Block>, field: string) =>
    put(replace(blocks, { ...block, ...part } as Block), `${block.id}.${field}`);
  return (
    <>
      {words.about[block.kind] && <p className="sub about">{words.about[block.kind]}</p>}
      {whole && <p className="about warn" role="status">{sayIssue(whole)}</p>}
      <OfKind block={block} set={set} />
      {block.kind !== "footer" && block.kind !== "header" && <When block={block} set={set} />}
    </>
  );
}

/** Every kind writes fields of its own block only, so the narrower `set` is the same function. */
function OfKind({ block, set }: { block: Block; set: (part: Partial<Block>, field: string) => void }) {
  switch (block.kind) {
    case "heading":
      return <HeadingForm block={block} set={set} />;
    case "text":
      return <TextForm block={block} set={set} />;
    case "image":
      return <ImageForm block={block} set={set} />;
    case "button":
      return <ButtonForm block={block} set={set} />;
    case "products":
      return <ProductsForm block={block} set={set} />;
    case "reviews":
      return <TitleForm block={block} set={set} />;
    case "spacer":
      return <SpacerForm block={block} set={set} />;
    case "social":
      return <Line {...at(block, "lead", words.lead)} value={block.lead ?? ""} change={(lead) => set({ lead }, "lead")} />;
    case "footer":
      return (
        <Line {...at(block, "why", words.why)} hint={words.whyHint} rows={3} value={block.why ?? ""} change={(why) => set({ why }, "why")} />
      );
    case "html":
      return (
        <Line {...at(block, "html", words.htmlSource)} rows={12} value={block.html} change={(html) => set({ html }, "html")} />
      );
    default:
      return null;
  }
}

const at = (block: Block, field: string, label: string) => ({ block: block.id, field, label });
const ALIGNS = [
  ["left", words.aligns.left],
  ["center", words.aligns.center],
] as const;
const TONES = [
  ["normal", words.tones.normal],
  ["quiet", words.tones.quiet],
] as const;

function HeadingForm({ block, set }: FormProps<Block & { kind: "heading" }>) {
  return (
    <>
      <Line {...at(block, "text", words.text)} rows={2} value={block.text} change={(text) => set({ text }, "text")} />
      <Choice label={words.align} value={block.align ?? "left"} options={ALIGNS} change={(align) => set({ align }, "align")} />
    </>
  );
}

function TextForm({ block, set }: FormProps<Block & { kind: "text" }>) {
  return (
    <>
      <Rich {...at(block, "html", words.text)} value={block.html} change={(html) => set({ html }, "html")} />
      <Choice label={words.tone} value={block.tone ?? "normal"} options={TONES} change={(tone) => set({ tone }, "tone")} />
      <Choice label={words.align} value={block.align ?? "left"} options={ALIGNS} change={(align) => set({ align }, "align")} />
    </>
  );
}

function ImageForm({ block, set }: FormProps<Block & { kind: "image" }>) {
  return (
    <>
      <Line {...at(block, "src", words.src)} type="url" placeholder="https://" hint={words.srcHint} value={block.src} change={(src) => set({ src: src.trim() }, "src")} />
      <Line {...at(block, "alt", words.alt)} hint={words.altHint} value={block.alt} change={(alt) => set({ alt }, "alt")} />
      <Href block={block} value={block.href ?? ""} change={(href) => set({ href: href || null }, "href")} />
      <Labelled {...at(block, "width", words.width)} hint={words.widthHint}>
        {(ids) => (
          <NumberInput ids={ids} min={40} max={536} value={block.width ?? null} change={(width) => set({ width }, "width")} />
        )}
      </Labelled>
    </>
  );
}

function ButtonForm({ block, set }: FormProps<Block & { kind: "button" }>) {
  return (
    <>
      <Line {...at(block, "label", words.label)} value={block.label} change={(label) => set({ label }, "label")} />
      <Href block={block} value={block.href} change={(href) => set({ href }, "href")} />
      <Choice label={words.align} value={block.align ?? "left"} options={ALIGNS} change={(align) => set({ align }, "align")} />
    </>
  );
}

function Href({ block, value, change }: { block: Block; value: string; change: (href: string) => void }) {
  const { tags } = useBlocks();
  const choose = (href: string) => {
    change(href);
    document.getElementById(fieldId(block.id, "href"))?.focus();
  };
  return (
    <>
      <Line {...at(block, "href", words.linkTo)} type="url" hasTags={false} placeholder="https://" hint={words.linkHint} value={value} change={(href) => change(href.trim())} />
      <Destinations value={value} choose={choose} list={tags?.destinations ?? []} />
    </>
  );
}

function TitleForm({ block, set }: FormProps<Block & { kind: "reviews" }>) {
  return (
    <Line {...at(block, "title", words.title)} hint={words.titleHint} value={block.title ?? ""} change={(title) => set({ title }, "title")} />
  );
}

function SpacerForm({ block, set }: FormProps<Block & { kind: "spacer" }>) {
  return (
    <Labelled {...at(block, "height", words.height)}>
      {(ids) => (
        <NumberInput ids={ids} min={4} max={120} value={block.height ?? 24} change={(height) => set({ height: height ?? 24 }, "height")} />
      )}
    </Labelled>
  );
}
