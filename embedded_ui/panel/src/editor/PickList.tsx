// A list to pick from, with a field that narrows it; the arrow keys walk it while one types.
import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { RowSkeletons } from "../ui/Skeleton";
import "./picklist.css";

export type Item = { key: string; label: string; note?: string; group?: string; picture?: string | null };
type Props = {
  label: string;
  items: Item[];
  isLoading?: boolean;
  empty: string;
  /** Without it the list narrows itself. */
  search?: (text: string) => void;
  pick: (key: string) => void;
};

export function PickList({ label, items, isLoading = false, empty, search, pick }: Props) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = search ? items : items.filter((item) => matches(item, text));
  const active = Math.min(at, found.length - 1);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const type = (value: string) => {
    setText(value);
    setAt(0);
    search?.(value);
  };
  const press = (event: KeyboardEvent) => {
    const chosen = found[active];
    if (event.key === "ArrowDown") setAt(Math.min(active + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(active - 1, 0));
    else if (event.key === "Enter" && chosen) pick(chosen.key);
    else return;
    event.preventDefault();
  };
  return (
    <div className="picklist">
      <div className="search">
        <Search size={16} aria-hidden />
        <input
          className="input"
          role="combobox"
          aria-label={label}
          placeholder={label}
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={found.length ? `${id}-${active}` : undefined}
          autoComplete="off"
          value={text}
          onChange={(event) => type(event.target.value)}
          onKeyDown={press}
        />
      </div>
      <div className="options" id={id} role="listbox" aria-label={label} ref={list}>
        {found.map((item, index) => (
          <Option
            key={item.key}
            id={`${id}-${index}`}
            item={item}
            heading={item.group !== found[index - 1]?.group ? item.group : undefined}
            isActive={index === active}
            pick={() => pick(item.key)}
          />
        ))}
      </div>
      {isLoading && found.length === 0 && <RowSkeletons rows={3} height={36} />}
      {!isLoading && found.length === 0 && <p className="hint">{empty}</p>}
    </div>
  );
}

const matches = (item: Item, text: string) =>
  `${item.label} ${item.note ?? ""} ${item.group ?? ""}`.toLowerCase().includes(text.trim().toLowerCase());

type OptionProps = { id: string; item: Item; heading?: string; isActive: boolean; pick: () => void };

function Option({ id, item, heading, isActive, pick }: OptionProps) {
  return (
    <>
      {heading && (
        <div className="oghead" role="presentation">
          {heading}
        </div>
      )}
      {/* The field keeps the focus and the keys; a pointer picks directly. */}
      <div id={id} className="option" role="option" aria-selected={isActive} onClick={pick}>
        {item.picture !== undefined && <Thumb url={item.picture} />}
        <span className="grow">
          <span className="oname">{item.label}</span>
          {item.note && <span className="sub small onote">{item.note}</span>}
        </span>
      </div>
    </>
  );
}

/** A product's picture, small; a grey square where it has none. */
export function Thumb({ url }: { url: string | null }) {
  return url ? <img className="thumb" src={url} alt="" loading="lazy" /> : <span className="thumb" />;
}
