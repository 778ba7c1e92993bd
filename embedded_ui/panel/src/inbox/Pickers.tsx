// What goes into a reply besides what is typed: a product of the store; and keeping a reply for next time.
import { Popover } from "@base-ui/react/popover";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BookmarkPlus, Package, Trash2 } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { api, send } from "../api";
import type { ProductLine, ProductList, SavedReplies, SavedReply } from "../types";
import { Failure } from "../ui/states";
import { useSettled } from "../ui/useSettled";
import { words } from "./words";

type Props = { insert: (product: ProductLine) => void; text: string; saved: SavedReply[] };

export default function Pickers({ insert, text, saved }: Props) {
  return (
    <>
      <PickProduct insert={insert} />
      <SaveThis text={text} saved={saved} />
    </>
  );
}

function PickProduct({ insert }: { insert: (product: ProductLine) => void }) {
  const [isOpen, open] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={open}>
      <Popover.Trigger className="btn icon" aria-label={words.product}>
        <Package size={16} aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start">
          <Popover.Popup className="pop" aria-label={words.product}>
            <Shelf
              pick={(product) => {
                insert(product);
                open(false);
              }}
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Shelf({ pick }: { pick: (product: ProductLine) => void }) {
  const [typed, type] = useState("");
  const search = useSettled(typed.trim(), 250);
  const { data } = useQuery({
    queryKey: ["products", search],
    queryFn: () => api<ProductList>(`/products?${new URLSearchParams({ search })}`),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <input
        className="input"
        type="search"
        aria-label={words.findProduct}
        placeholder={words.findProduct}
        value={typed}
        onChange={(event) => type(event.target.value)}
      />
      {data && !data.products.length && <p className="sub">{words.noProducts}</p>}
      <ul className="ibshelf">
        {data?.products.slice(0, 8).map((product) => (
          <li key={product.id}>
            <button type="button" className="btn plain" onClick={() => pick(product)}>
              {product.title}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function SaveThis({ text, saved }: { text: string; saved: SavedReply[] }) {
  return (
    <Popover.Root>
      <Popover.Trigger className="btn icon" aria-label={words.saved}>
        <BookmarkPlus size={16} aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start">
          <Popover.Popup className="pop" aria-label={words.saved}>
            <Keeping text={text} saved={saved} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Keeping({ text, saved }: { text: string; saved: SavedReply[] }) {
  const id = useId();
  const queries = useQueryClient();
  const [name, call] = useState("");
  const kept = (told: SavedReplies) => queries.setQueryData(["saved-replies"], told);
  const add = useMutation({
    mutationFn: () => send<SavedReplies>("POST", "/saved-replies", { name: name.trim(), text }),
    onSuccess: (told) => {
      kept(told);
      call("");
    },
  });
  const remove = useMutation({
    mutationFn: (one: string) => send<SavedReplies>("DELETE", `/saved-replies/${one}`),
    onSuccess: kept,
  });
  const save = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    add.mutate();
  };
  return (
    <>
      <p className="small sub">{saved.length ? words.savedHint : words.savedEmpty}</p>
      <ul className="ibshelf">
        {saved.map((reply) => (
          <li key={reply.id} className="inline">
            <span className="grow clip">{reply.name}</span>
            <button type="button" className="btn icon plain" aria-label={words.remove(reply.name)} onClick={() => remove.mutate(reply.id)}>
              <Trash2 size={14} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {text.trim() && (
        <form onSubmit={save}>
          <div className="field">
            <label htmlFor={id}>{words.saveName}</label>
            <input id={id} className="input" maxLength={80} value={name} onChange={(event) => call(event.target.value)} />
          </div>
          <button className="btn" disabled={!name.trim() || add.isPending}>
            {words.saveThis}
          </button>
        </form>
      )}
      {add.error && <Failure error={add.error} retry={() => add.mutate()} />}
      {remove.error && <Failure error={remove.error} retry={() => remove.reset()} />}
    </>
  );
}
