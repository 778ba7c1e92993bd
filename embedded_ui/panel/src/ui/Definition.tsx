// The popup of a definition; the word it explains opens and closes it.
import { Popover } from "@base-ui/react/popover";
import type { RefObject } from "react";

type Props = { anchor: RefObject<HTMLElement | null>; isOpen: boolean; text: string };

export default function Definition({ anchor, isOpen, text }: Props) {
  return (
    <Popover.Root open={isOpen}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} sideOffset={6} align="start" style={{ zIndex: 30 }}>
          {/* The word itself is described by the same text: readers need not hear it twice. */}
          <Popover.Popup className="pop small" aria-hidden initialFocus={false} finalFocus={false}>
            {text}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
