// What goes into a reply besides what is typed: a product of the store; and keeping a reply for next time.
import { Popover } from "@base-ui/react/popover";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { BookmarkPlus, Package } from "lucide-react";
import { useState } from "react";
import { api } from "../api";
import type { ProductLine, ProductList, SavedReply } from "../types";
import { useSettled } from "../ui/useSettled";
import { Keeping } from "./Keeping";
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
