// As whom a message is read: a sample, or a real customer of the store.
import { Popover } from "@base-ui/react/popover";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronDown, User } from "lucide-react";
import { useId, useState } from "react";
import { api } from "../api";
import { belowOf, calledOf } from "../people/called";
import { strings } from "../strings";
import type { CustomerList } from "../types";
import type { Reader, Sample } from "./calls";
import { useEditing } from "./context";
import { PickList } from "./PickList";
import { useSettled } from "./settled";
import { words } from "./words";

const SAMPLES: Sample[] = ["full", "bare", "much"];

type Props = { name: string | undefined; set: (reader: Reader) => void };

export function ReaderMenu(props: Props) {
  const { reader } = useEditing();
  return <ReaderPicker {...props} reader={reader} label={words.asLabel} />;
}

/** The same for a form, below what is picked there. */
export function ReaderField({ reader, set }: { reader: Reader; set: Props["set"] }) {
  const id = useId();
  return (
    <div className="field" role="group" aria-labelledby={id}>
      <span className="label" id={id}>{words.testAs}</span>
      <div><ReaderPicker name={undefined} set={set} reader={reader} label={words.testAs} /></div>
    </div>
  );
}

function ReaderPicker({ name, set, reader, label }: Props & { reader: Reader; label: string }) {
  const [isOpen, open] = useState(false);
  const shown = "sample" in reader ? words.samples[reader.sample] : (name ?? reader.name);
  return (
    <Popover.Root open={isOpen} onOpenChange={open}>
      <Popover.Trigger className="btn">
        <User size={14} aria-hidden />
        <span className="asname">{words.as(shown)}</span>
        <ChevronDown size={14} aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="end" className="over">
          <Popover.Popup className="pop picker" aria-label={label}>
            <Readers
              pick={(chosen) => {
                set(chosen);
                open(false);
              }}
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Readers({ pick }: { pick: (reader: Reader) => void }) {
  const [typed, type] = useState("");
  const search = useSettled(typed.trim());
  const { data, isPending } = useQuery({
    queryKey: ["customers", search, 1],
    queryFn: () => api<CustomerList>(`/customers?search=${encodeURIComponent(search)}&page=1`),
    placeholderData: keepPreviousData,
  });
  const customers = (data?.customers ?? []).slice(0, 20);
  const items = [
    ...(search ? [] : SAMPLES.map((key) => ({ key, label: words.samples[key], group: words.samplesTitle }))),
    ...customers.map((one) => ({
      key: one.id,
      label: calledOf(one),
      note: belowOf(one) ?? undefined,
      group: strings.nav.customers,
    })),
  ];
  const chosen = (key: string) => {
    const sample = SAMPLES.find((one) => one === key);
    pick(sample ? { sample } : { customer: key, name: items.find((item) => item.key === key)!.label });
  };
  return (
    <PickList label={words.findCustomer} empty={words.nobody} items={items} isLoading={isPending} search={type} pick={chosen} />
  );
}
