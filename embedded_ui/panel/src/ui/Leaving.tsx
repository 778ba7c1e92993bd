// Asks before changes that nobody kept are left behind, by a link or by the browser's "back".
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { words as form } from "../settings/form-words";
import { HELD, isHeld } from "./held";

const words = form.leaving;
type Way = { go: () => void };

/** Stands in a page for as long as it holds such changes; the admin itself may ask before it closes the app. */
export default function Leaving({ adminAsks }: { adminAsks: boolean }) {
  const [way, ask] = useState<Way | null>(null);
  useAskedWays(ask, adminAsks);
  return (
    <AlertDialog.Root open={way !== null} onOpenChange={(open) => !open && ask(null)}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title>{words.title}</AlertDialog.Title>
          <AlertDialog.Description>{words.text}</AlertDialog.Description>
          <div className="inline">
            <button type="button" className="btn" onClick={() => way?.go()}>
              {words.leave}
            </button>
            <AlertDialog.Close className="btn primary">{words.stay}</AlertDialog.Close>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

/** Dialogs of the browser are not shown in a frame of another site, so links and "back" are held here. */
function useAskedWays(ask: (way: Way | null) => void, adminAsks: boolean) {
  const [, navigate] = useLocation();
  const latest = useRef(navigate);
  latest.current = navigate;
  useEffect(() => {
    // "Back" can't be held: it leads to this very page once more, and is asked about there.
    const hold = () => history.pushState(HELD, "", location.href);
    hold();
    const click = (event: MouseEvent) => {
      const link = (event.target as Element).closest?.("a");
      if (!link || event.defaultPrevented || event.button || isElsewhere(link) || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      ask({ go: () => leave(() => latest.current(`${link.pathname}${link.search}`, { replace: true })) });
    };
    const back = () => {
      hold();
      ask({ go: () => leave(() => history.go(-2)) });
    };
    const unload = (event: BeforeUnloadEvent) => event.preventDefault();
    const leave = (go: () => void) => {
      stop();
      go();
    };
    const stop = () => {
      document.removeEventListener("click", click, true);
      removeEventListener("popstate", back);
      removeEventListener("beforeunload", unload);
    };
    document.addEventListener("click", click, true);
    addEventListener("popstate", back);
    if (!adminAsks) addEventListener("beforeunload", unload);
    return () => {
      stop();
      if (isHeld()) history.back(); // kept or discarded: the page stands in the history once again
    };
  }, [ask, adminAsks]);
}

const isElsewhere = (link: HTMLAnchorElement) =>
  link.origin !== location.origin || Boolean(link.target) || link.pathname === location.pathname;
