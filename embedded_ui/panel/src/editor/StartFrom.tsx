// What a message begins with: a template in the store's look, another message, or nothing.
import { Dialog } from "@base-ui/react/dialog";
import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowLeft, Copy, File, Palette } from "lucide-react";
import { type ReactNode, useState } from "react";
import { api } from "../api";
import { readable } from "../readable";
import { Failure } from "../ui/states";
import { RowSkeletons } from "../ui/Skeleton";
import type { Template } from "./blocks";
import * as calls from "./calls";
import { useEditing } from "./context";
import { type Document, messageOf } from "./keeping";
import { PickList } from "./PickList";
import { words } from "./words";

type Props = { begin: (template: Template) => void; own: string };

/** The place of the preview while there is nothing to show. */
export function StartFrom(props: Props) {
  return (
    <section className="mstart" aria-labelledby="start-title">
      <h2 id="start-title">{words.startTitle}</h2>
      <Choices {...props} />
    </section>
  );
}

/** The same over a message that is there already. */
export function StartOver({ begin, own, isOff }: Props & { isOff: boolean }) {
  const [isOpen, open] = useState(false);
  return (
    <Dialog.Root open={isOpen} onOpenChange={open}>
      <Dialog.Trigger className="btn" disabled={isOff}>
        {words.restart}
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title>{words.startTitle}</Dialog.Title>
          <Dialog.Description className="sub">{words.startOver}</Dialog.Description>
          <Choices
            own={own}
            begin={(template) => {
              open(false);
              begin(template);
            }}
          />
          <div className="inline">
            <Dialog.Close className="btn">{words.cancel}</Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Choices({ begin, own }: Props) {
  const trigger = useEditing().about.trigger;
  const { data, error, refetch } = useQuery({ queryKey: ["starters", trigger], queryFn: () => calls.starters(trigger) });
  const [isCopying, copy] = useState(false);
  if (error && !data) return <Failure error={error} retry={refetch} />;
  if (!data) return <RowSkeletons rows={3} height={56} />;
  const template = (key: string) => data.starters.find((one) => one.key === key)?.template;
  const [branded, blank] = [template("branded"), template("blank")];
  if (isCopying) return <Copying starters={data} own={own} begin={begin} back={() => copy(false)} />;
  return (
    <ul className="starters">
      {branded && (
        <Choice icon={<Palette size={18} aria-hidden />} title={words.startBranded} text={words.startBrandedText} act={() => begin(branded)} />
      )}
      {data.messages.length > 0 && (
        <Choice icon={<Copy size={18} aria-hidden />} title={words.startCopy} text={words.startCopyText} act={() => copy(true)} />
      )}
      {blank && <Choice icon={<File size={18} aria-hidden />} title={words.startBlank} text={words.startBlankText} act={() => begin(blank)} />}
    </ul>
  );
}

function Choice({ icon, title, text, act }: { icon: ReactNode; title: string; text: string; act: () => void }) {
  return (
    <li>
      <button type="button" className="starter" onClick={act}>
        <span className="ic">{icon}</span>
        <span>
          <b>{title}</b>
          <span className="sub">{text}</span>
        </span>
      </button>
    </li>
  );
}

type CopyingProps = Props & { starters: calls.Starters; back: () => void };

function Copying({ starters, own, begin, back }: CopyingProps) {
  const copying = useMutation({ mutationFn: templateOf, onSuccess: (template) => template && begin(template) });
  const others = starters.messages.filter((one) => keyOf(one) !== own);
  const items = others.map((one) => ({
    key: keyOf(one),
    label: one.name || readable(one.subject),
    note: one.name ? readable(one.subject) : undefined,
    group: one.flow_name,
  }));
  return (
    <>
      <button type="button" className="btn plain" onClick={back}>
        <ArrowLeft size={14} aria-hidden />
        {words.startBack}
      </button>
      {copying.error && <Failure error={copying.error} retry={copying.reset} />}
      <PickList
        label={words.findMessage}
        empty={words.noMessages}
        items={items}
        isLoading={copying.isPending}
        pick={(key) => copying.mutate(others.find((one) => keyOf(one) === key)!)}
      />
    </>
  );
}

type From = calls.Starters["messages"][number];
export const keyOf = ({ flow_id, step_id }: Pick<From, "flow_id" | "step_id">) => `${flow_id}/${step_id}`;

async function templateOf(from: From): Promise<Template | undefined> {
  const { draft } = await api<{ draft: Document }>(`/flows/${from.flow_id}/draft`);
  return messageOf(draft, from.step_id)?.template;
}
