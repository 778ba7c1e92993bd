// A line of text with merge tags: typed, or put in at the caret from the list.
import { type ReactNode, useRef } from "react";
import { fieldId, Labelled } from "./parts";
import { TagMenu } from "./TagMenu";

type Props = {
  label: string;
  block: string | null;
  field: string;
  value: string;
  change: (value: string) => void;
  hint?: string;
  rows?: number;
  hasTags?: boolean;
  placeholder?: string;
  type?: "text" | "url";
  meter?: ReactNode;
  list?: string;
};

export function Line(props: Props) {
  const { label, block, field, value, change, hint, rows, hasTags = true, meter } = props;
  const caret = useRef<[number, number] | null>(null);
  const remember = (target: HTMLInputElement | HTMLTextAreaElement) => {
    caret.current = [target.selectionStart ?? value.length, target.selectionEnd ?? value.length];
  };
  const insert = (tag: string) => {
    const [from, to] = caret.current ?? [value.length, value.length];
    change(value.slice(0, from) + tag + value.slice(to));
    caret.current = [from + tag.length, from + tag.length];
    putCaret(fieldId(block, field), from + tag.length);
  };
  return (
    <Labelled
      label={label}
      block={block}
      field={field}
      hint={hint}
      aside={
        <>
          {meter}
          {hasTags && <TagMenu field={label} insert={insert} />}
        </>
      }
    >
      {(ids) => {
        const shared = {
          ...ids,
          className: "input",
          value,
          placeholder: props.placeholder,
          onSelect: (event: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) => remember(event.currentTarget),
          onChange: (event: { target: HTMLInputElement | HTMLTextAreaElement }) => {
            change(event.target.value);
            remember(event.target);
          },
        };
        return rows ? (
          <textarea {...shared} rows={rows} />
        ) : (
          <input {...shared} type={props.type === "url" ? "text" : props.type} inputMode={props.type} list={props.list} />
        );
      }}
    </Labelled>
  );
}

/** Put the focus and the caret where something was put in, once it is there. */
function putCaret(id: string, at: number) {
  requestAnimationFrame(() => {
    const input = document.getElementById(id) as HTMLInputElement | null;
    input?.focus();
    input?.setSelectionRange(at, at);
  });
}
