// What a form has not kept yet: told by the admin's own save bar where there is one, else by ours below the form.
import { lazy, Suspense, useEffect } from "react";
import { isEmbedded } from "../early";
import { words } from "../settings/form-words";

// Comes with the first change: who only looks needs no dialog.
const Leaving = lazy(() => import("./Leaving"));
const ID = "unsaved";

type Props = { isChanged: boolean; isSaving: boolean; isSaved: boolean; save: () => void; discard: () => void };

export function SaveBar(props: Props) {
  const { isChanged, isSaved } = props;
  const hasAdmins = isEmbedded() && Boolean(window.shopify?.saveBar);
  return (
    <>
      <div className="vh" role="status">
        {hasAdmins && isSaved && !isChanged && words.saved}
      </div>
      {isChanged && (
        <Suspense>
          <Leaving adminAsks={hasAdmins} />
        </Suspense>
      )}
      {hasAdmins ? <AdminsBar {...props} /> : isChanged && <OwnBar {...props} />}
    </>
  );
}

/** The admin draws these buttons in its own bar, and asks before unsaved changes are left behind. */
function AdminsBar({ isChanged, isSaving, save, discard }: Props) {
  useEffect(() => {
    const bar = window.shopify!.saveBar!;
    void (isChanged ? bar.show(ID) : bar.hide(ID));
  }, [isChanged]);
  useEffect(() => () => void window.shopify!.saveBar!.hide(ID), []);
  const busy = isSaving ? { loading: "" } : {};
  return (
    <ui-save-bar id={ID}>
      <button type="button" {...{ variant: "primary" }} {...busy} onClick={save}>
        {words.save}
      </button>
      <button type="button" disabled={isSaving} onClick={discard}>
        {words.discard}
      </button>
    </ui-save-bar>
  );
}

function OwnBar({ isSaving, discard }: Props) {
  return (
    <div className="savebar">
      <b>{isSaving ? words.saving : words.unsaved}</b>
      <span className="inline">
        <button type="button" className="btn" disabled={isSaving} onClick={discard}>
          {words.discard}
        </button>
        <button type="submit" className="btn primary" disabled={isSaving}>
          {words.save}
        </button>
      </span>
    </div>
  );
}
