// Which products a grid shows; up to four can be picked by hand.
import { Popover } from "@base-ui/react/popover";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { useStore } from "../store";
import type { Products, Source } from "./blocks";
import * as calls from "./calls";
import { Line } from "./Line";
import { Labelled } from "./parts";
import { PickList, Thumb } from "./PickList";
import { useSettled } from "./settled";
import { words } from "./words";

const SOURCES: Source[] = ["cart", "order", "recommended", "picked"];
const MOST = 4;

type Props = { block: Products; set: (part: Partial<Products>, field: string) => void };

export function ProductsForm({ block, set }: Props) {
  const choose = (of: Source) => set({ of, products: of === "picked" ? (block.products ?? []) : undefined }, "of");
  return (
    <>
      <Labelled label={words.of} block={block.id} field="of" hint={words.sourceHints[block.of]}>
        {(ids) => (
          <select {...ids} className="input" value={block.of} onChange={(event) => choose(event.target.value as Source)}>
            {SOURCES.map((source) => (
              <option key={source} value={source}>
                {words.sources[source]}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      {block.of === "picked" && (
        <Picked block={block} ids={block.products ?? []} change={(products) => set({ products }, "products")} />
      )}
      <Line
        label={words.title}
        block={block.id}
        field="title"
        hint={words.titleHint}
        value={block.title ?? ""}
        change={(title) => set({ title }, "title")}
      />
    </>
  );
}

type PickedProps = { block: Products; ids: string[]; change: (ids: string[]) => void };

function Picked({ block, ids, change }: PickedProps) {
  const { data } = useQuery({
    queryKey: ["products", "of", ids],
    queryFn: () => calls.productsOf(ids),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
  });
  const found = new Map(data?.products.map((product) => [product.id, product]));
  return (
    <Labelled label={words.picked} block={block.id} field="products" hint={ids.length >= MOST ? words.mostProducts : undefined}>
      {(field) => (
        <div id={field.id} aria-describedby={field["aria-describedby"]} role="group" tabIndex={-1}>
          <ul className="wares">
            {ids.map((id) => (
              <Ware key={id} product={found.get(id)} isKnown={Boolean(data)} leaveOut={() => change(ids.filter((one) => one !== id))} />
            ))}
          </ul>
          {ids.length < MOST && <Adder taken={ids} add={(id) => change([...ids, id])} />}
        </div>
      )}
    </Labelled>
  );
}

type WareProps = { product: calls.Product | undefined; isKnown: boolean; leaveOut: () => void };

function Ware({ product, isKnown, leaveOut }: WareProps) {
  const { format } = useStore();
  const title = product?.title ?? (isKnown ? words.goneProduct : "");
  const note = product && (product.available ? priceOf(product, format) : words.soldOut);
  return (
    <li className="ware">
      <Thumb url={product?.image_url ?? null} />
      <span className="grow">
        <span className="oname">{title}</span>
        {note && <span className="sub small onote">{note}</span>}
      </span>
      <button type="button" className="btn plain icon" aria-label={words.unpick(title)} onClick={leaveOut}>
        <X size={14} aria-hidden />
      </button>
    </li>
  );
}

type Format = ReturnType<typeof useStore>["format"];
const priceOf = ({ price, currency }: calls.Product, format: Format) =>
  price === null ? undefined : format.money(price, currency);

function Adder({ taken, add }: { taken: string[]; add: (id: string) => void }) {
  const [isOpen, open] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={open}>
      <Popover.Trigger className="btn">
        <Plus size={14} aria-hidden />
        {words.pick}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start" className="over">
          <Popover.Popup className="pop picker" aria-label={words.pick}>
            <Shelf
              taken={taken}
              add={(id) => {
                add(id);
                open(false);
              }}
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Shelf({ taken, add }: { taken: string[]; add: (id: string) => void }) {
  const { format } = useStore();
  const [typed, type] = useState("");
  const search = useSettled(typed.trim());
  const { data, isPending } = useQuery({
    queryKey: ["products", search],
    queryFn: () => calls.products(search),
    placeholderData: keepPreviousData,
  });
  const items = (data?.products ?? [])
    .filter((product) => !taken.includes(product.id))
    .map((product) => ({
      key: product.id,
      label: product.title,
      note: product.available ? priceOf(product, format) : words.soldOut,
      picture: product.image_url,
    }));
  return (
    <PickList label={words.findProduct} empty={words.noProducts} items={items} isLoading={isPending} search={type} pick={add} />
  );
}
