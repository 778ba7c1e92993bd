// A campaign's message as a sample customer reads it; loaded when it is wanted.
import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import type { Template } from "../editor/blocks";
import { preview } from "../editor/calls";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { words } from "./words";
import type { Message } from "./steps";

const says = words.one;
const FRAME = { inlineSize: "100%", blockSize: "60vh", border: 0, background: "#fff", marginBlock: 12 } as const;

export default function Look({ message, close }: { message: Message; close: () => void }) {
  const template = message.template as Template;
  const { data, error, refetch } = useQuery({
    queryKey: ["preview", message.id, JSON.stringify(template)],
    queryFn: ({ signal }) => preview(template, { trigger: "manual", kind: message.message_kind }, { sample: "full" }, signal),
  });
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog" style={{ inlineSize: "min(680px, 100vw - 24px)", maxInlineSize: "none" }}>
          <Dialog.Title>{data?.subject ?? says.message}</Dialog.Title>
          <Dialog.Description className="sub">{data?.preview || says.sample}</Dialog.Description>
          {error && <Failure error={error} retry={() => void refetch()} />}
          {!data && !error && <RowSkeletons rows={3} />}
          {/* No script, and no origin: what is in it can do nothing. */}
          {data && <iframe title={says.message} sandbox="" srcDoc={data.html} style={FRAME} />}
          <div className="inline">
            <Dialog.Close className="btn">{says.close}</Dialog.Close>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
