// A sheet at the edge of the page, for what needs more room than a menu.
import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { strings } from "../strings";

type Props = { title: string; close: () => void; children: ReactNode; footer?: ReactNode };

export function Sheet({ title, close, children, footer }: Props) {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="sheet">
          <header>
            <Dialog.Title>{title}</Dialog.Title>
            <Dialog.Close className="btn plain icon" aria-label={strings.flow.close}>
              <X size={16} aria-hidden />
            </Dialog.Close>
          </header>
          <div className="body" tabIndex={0}>{children}</div>
          {footer && <footer>{footer}</footer>}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
