// Where a link leads: an address, or one of the places that a message can lead to.
import { Popover } from "@base-ui/react/popover";
import { type FormEvent, type ReactNode, useId, useRef, useState } from "react";
import { useEditing } from "./context";
import { labelOf } from "./labels";
import { words } from "./words";

type Props = { href: string | null; icon: ReactNode; set: (href: string) => void };

export function LinkMenu({ href, icon, set }: Props) {
  const [isOpen, open] = useState(false);
  const isDone = useRef(false);
  const done = (address: string) => {
    isDone.current = true;
    open(false);
    setTimeout(() => set(address), 0);
  };
  return (
    <Popover.Root
      open={isOpen}
      onOpenChange={(willBe) => {
        isDone.current = false;
        open(willBe);
      }}
    >
      <Popover.Trigger
        className="tool"
        onMouseDown={(event) => event.preventDefault()}
        aria-label={words.link}
        title={words.link}
        data-on={href !== null || undefined}
      >
        {icon}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start" className="over">
          <Popover.Popup className="pop picker" aria-label={words.link} finalFocus={() => !isDone.current}>
            <Address href={href} set={done} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Address({ href, set }: { href: string | null; set: (href: string) => void }) {
  const id = useId();
  const { tags } = useEditing();
  const [text, setText] = useState(href ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    set(completed(text.trim()));
  };
  return (
    <form onSubmit={submit}>
      <div className="field">
        <label htmlFor={id}>{words.address}</label>
        <input
          id={id}
          className="input"
          autoFocus
          inputMode="url"
          placeholder="https://"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <Destinations value={text} choose={setText} list={tags?.destinations ?? []} />
      <div className="inline">
        <button type="submit" className="btn primary" disabled={!text.trim()}>
          {words.setLink}
        </button>
        {href !== null && (
          <button type="button" className="btn" onClick={() => set("")}>
            {words.unlink}
          </button>
        )}
      </div>
    </form>
  );
}

/** An address without its beginning is meant as one of the web. */
const completed = (address: string) =>
  !address || /^([a-z][a-z0-9+.-]*:|{{)/i.test(address) ? address : `https://${address}`;

type DestinationsProps = {
  value: string;
  choose: (href: string) => void;
  list: { href: string; name: string; label: string }[];
};

export function Destinations({ value, choose, list }: DestinationsProps) {
  if (list.length === 0) return null;
  return (
    <div className="places" role="group" aria-label={words.destinations}>
      {list.map((place) => (
        <button
          key={place.name}
          type="button"
          className="mchip"
          aria-pressed={value === place.href}
          onClick={() => choose(place.href)}
        >
          {labelOf(words.placeLabels, place)}
        </button>
      ))}
    </div>
  );
}
