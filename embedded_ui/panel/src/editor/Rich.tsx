// Text with bold, italic, links and lists: the browser's own editing, written down by `tidy` alone.
import { Bold, Italic, Link as LinkIcon, List } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { LinkMenu } from "./LinkMenu";
import { fieldId, Labelled } from "./parts";
import { TagMenu } from "./TagMenu";
import { tidy, written } from "./tidy";
import { words } from "./words";

type Props = { label: string; block: string; field: string; value: string; change: (html: string) => void };
const TAG = /{{.*?}}|{%.*?%}/gs;

export function Rich({ label, block, field, value, change }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const last = useRef<string | null>(null);
  const caret = useCaret(box);
  const marks = useMarks(box);
  useEffect(() => {
    // Only what came from elsewhere (undo, another block) is drawn: else the caret would jump.
    if (!box.current || value === last.current) return;
    box.current.innerHTML = tidy(value) || "<p><br></p>";
    last.current = value;
    paintTags(box.current);
  }, [value]);
  const told = () => {
    if (!box.current) return;
    const html = written(box.current);
    paintTags(box.current);
    if (html === last.current) return;
    last.current = html;
    change(html);
  };
  const does = (command: string, argument?: string) => {
    caret.restore();
    document.execCommand("styleWithCSS", false, "false");
    document.execCommand(command, false, argument);
    told();
  };
  const paste = (event: ClipboardEvent) => {
    event.preventDefault();
    const html = event.clipboardData.getData("text/html");
    const text = event.clipboardData.getData("text/plain");
    if (html) document.execCommand("insertHTML", false, tidy(html));
    else document.execCommand("insertText", false, text);
  };
  const press = (event: KeyboardEvent) => {
    const command = { b: "bold", i: "italic" }[event.key.toLowerCase()];
    if (!command || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    does(command);
  };
  const id = fieldId(block, field);
  return (
    <Labelled label={label} block={block} field={field}>
      {(ids) => (
        <div className="rich">
          <div className="tools" role="toolbar" aria-label={words.toolbar} aria-controls={id}>
            <Tool label={words.bold} isOn={marks.bold} act={() => does("bold")} icon={<Bold size={14} aria-hidden />} />
            <Tool label={words.italic} isOn={marks.italic} act={() => does("italic")} icon={<Italic size={14} aria-hidden />} />
            <Tool
              label={words.bullets}
              isOn={marks.list}
              act={() => staying(box.current, () => does("insertUnorderedList"))}
              icon={<List size={14} aria-hidden />}
            />
            <LinkMenu
              href={marks.href}
              icon={<LinkIcon size={14} aria-hidden />}
              set={(href) => {
                caret.restore();
                setLink(href);
                told();
              }}
            />
            <span className="grow" />
            <TagMenu field={label} isPlain insert={(tag) => does("insertText", tag)} />
          </div>
          <div
            {...ids}
            ref={box}
            className="input richbox"
            contentEditable
            suppressContentEditableWarning
            role="textbox"
            aria-multiline="true"
            aria-labelledby={`${id}-label`}
            onFocus={() => document.execCommand("defaultParagraphSeparator", false, "p")}
            onInput={told}
            onPaste={paste}
            onDrop={(event) => event.preventDefault()}
            onKeyDown={press}
          />
        </div>
      )}
    </Labelled>
  );
}

function Tool({ label, isOn, act, icon }: { label: string; isOn: boolean; act: () => void; icon: ReactNode }) {
  return (
    <button
      type="button"
      className="tool"
      aria-label={label}
      title={label}
      aria-pressed={isOn}
      // The text keeps its selection while the button is pressed.
      onMouseDown={(event) => event.preventDefault()}
      onClick={act}
    >
      {icon}
    </button>
  );
}

type Box = { current: HTMLDivElement | null };

/** Remembers the selection, for when the focus was in a menu meanwhile. */
function useCaret(box: Box) {
  const range = useRef<Range | null>(null);
  useEffect(() => {
    const remember = () => {
      const selection = document.getSelection();
      if (selection?.rangeCount && box.current?.contains(selection.anchorNode)) range.current = selection.getRangeAt(0).cloneRange();
    };
    document.addEventListener("selectionchange", remember);
    return () => document.removeEventListener("selectionchange", remember);
  }, [box]);
  const restore = () => {
    const selection = document.getSelection();
    if (!selection || !box.current) return;
    if (document.activeElement === box.current && box.current.contains(selection.anchorNode)) return;
    box.current.focus();
    if (range.current && box.current.contains(range.current.startContainer)) {
      selection.removeAllRanges();
      selection.addRange(range.current);
    } else {
      selection.selectAllChildren(box.current);
      selection.collapseToEnd();
    }
  };
  return { restore };
}

/** What holds at the caret, for the pressed buttons. */
function useMarks(box: Box) {
  const [marks, set] = useState({ bold: false, italic: false, list: false, href: null as string | null });
  useEffect(() => {
    const look = () => {
      const node = document.getSelection()?.anchorNode;
      if (!node || !box.current?.contains(node)) return;
      set({
        bold: document.queryCommandState("bold"),
        italic: document.queryCommandState("italic"),
        list: document.queryCommandState("insertUnorderedList"),
        href: linkAt(node)?.getAttribute("href") ?? null,
      });
    };
    document.addEventListener("selectionchange", look);
    return () => document.removeEventListener("selectionchange", look);
  }, [box]);
  return marks;
}

/** Do something that moves text, and let the selection go with it: browsers put it to the front. */
function staying(box: HTMLElement | null, act: () => void) {
  const selection = document.getSelection();
  if (!box || !selection?.anchorNode || !selection.focusNode || !box.contains(selection.anchorNode)) return act();
  const from = lettersBefore(box, selection.anchorNode, selection.anchorOffset);
  const to = lettersBefore(box, selection.focusNode, selection.focusOffset);
  act();
  selection.setBaseAndExtent(...pointAfter(box, from), ...pointAfter(box, to));
}

function lettersBefore(box: HTMLElement, node: Node, offset: number): number {
  const range = document.createRange();
  range.setStart(box, 0);
  range.setEnd(node, offset);
  return range.toString().length;
}

function pointAfter(box: HTMLElement, letters: number): [Node, number] {
  const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  let left = letters;
  let last: [Node, number] = [box, 0];
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const length = node.textContent?.length ?? 0;
    last = [node, Math.min(left, length)];
    if (left <= length) break;
    left -= length;
  }
  return last;
}

const linkAt = (node: Node | null | undefined) =>
  (node instanceof Element ? node : node?.parentElement)?.closest("a") ?? null;

function setLink(href: string) {
  const selection = document.getSelection();
  const link = linkAt(selection?.anchorNode);
  if (link && href) link.setAttribute("href", href);
  else if (link) link.replaceWith(...link.childNodes);
  else if (href && selection?.isCollapsed) document.execCommand("insertText", false, href);
  else if (href) document.execCommand("createLink", false, href);
}

/** Colour the merge tags without touching the text, where the browser can. */
function paintTags(box: HTMLElement) {
  if (!("highlights" in CSS)) return;
  const ranges: Range[] = [];
  const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    for (const found of (node.textContent ?? "").matchAll(TAG)) {
      const range = document.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      ranges.push(range);
    }
  }
  CSS.highlights.set("merge-tag", new Highlight(...ranges));
}
