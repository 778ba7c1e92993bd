// Merge tags: picked from a list, with what stands there when the detail is not known.
import { Popover } from "@base-ui/react/popover";
import { Braces } from "lucide-react";
import { type FormEvent, useId, useRef, useState } from "react";
import type { Tag, TagList } from "../types";
import { useEditing } from "./context";
import { labelOf } from "./labels";
import { PickList } from "./PickList";
import { words } from "./words";

type Props = { field: string; insert: (tag: string) => void; isPlain?: boolean };

export function TagMenu(props: Props) {
  const { tags } = useEditing();
  return <TagPicker {...props} tags={tags} />;
}

/** For whoever has asked for the tags themselves. */
export function TagPicker({ field, insert, isPlain = false, tags }: Props & { tags: TagList | undefined }) {
  const [isOpen, open] = useState(false);
  const isDone = useRef(false);
  const done = (tag: string) => {
    isDone.current = true;
    open(false);
    // After the popover gave the focus back, so that the caret stays where the detail is.
    setTimeout(() => insert(tag), 0);
  };
  return (
    <Popover.Root
      open={isOpen}
      onOpenChange={(willBe) => {
        isDone.current = false;
        open(willBe);
      }}
    >
      <Popover.Trigger className={isPlain ? "tool" : "tagbtn"} aria-label={words.tagFor(field)} title={words.tag}>
        <Braces size={14} aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="end" className="over">
          <Popover.Popup className="pop picker" aria-label={words.tag} finalFocus={() => !isDone.current}>
            <Chooser insert={done} tags={tags} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Chooser({ insert, tags }: { insert: (tag: string) => void; tags: TagList | undefined }) {
  const [asked, ask] = useState<Tag | null>(null);
  if (asked) return <Fallback tag={asked} insert={insert} />;
  const all = tags?.tags ?? [];
  const pick = (name: string) => {
    const tag = all.find((one) => one.name === name)!;
    if (tag.with_fallback) ask(tag);
    else insert(tag.tag);
  };
  return (
    <PickList
      label={words.findTag}
      empty={words.noTags}
      isLoading={!tags}
      items={all.map((tag) => ({
        key: tag.name,
        label: labelOf(words.tagLabels, tag),
        note: tag.example ? words.example(tag.example) : undefined,
        group: words.tagGroups[tag.group] ?? tag.group,
      }))}
      pick={pick}
    />
  );
}

function Fallback({ tag, insert }: { tag: Tag; insert: (tag: string) => void }) {
  const id = useId();
  const [text, setText] = useState(tag.fallback ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    insert(withFallback(tag, text.trim()));
  };
  return (
    <form onSubmit={submit}>
      <div className="field">
        <label htmlFor={id}>{words.fallback(labelOf(words.tagLabels, tag))}</label>
        <input
          id={id}
          className="input"
          autoFocus
          maxLength={80}
          value={text}
          aria-describedby={`${id}-hint`}
          onFocus={(event) => event.target.select()}
          onChange={(event) => setText(event.target.value)}
        />
        <span className="hint" id={`${id}-hint`}>
          {words.fallbackHint}
        </span>
      </div>
      <button type="submit" className="btn primary">
        {words.insert}
      </button>
    </form>
  );
}

/** Give the tag that says `fallback` when its detail is not known; Liquid knows no escapes, so quotes are swapped. */
function withFallback({ tag, with_fallback }: Tag, fallback: string): string {
  if (!fallback || !with_fallback) return tag;
  const quote = fallback.includes('"') ? "'" : '"';
  const said = fallback.replaceAll(quote, "").replaceAll(/[{}]/g, "");
  return with_fallback.replace(/default: ".*"/, () => `default: ${quote}${said}${quote}`);
}
