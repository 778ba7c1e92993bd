// What a page says when it has nothing to show: failed, signed out, empty.
import { CircleAlert, CloudOff, Link2Off, LogIn } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ApiError } from "../api";
import { openAgain } from "../early";
import { strings } from "../strings";

/** Say what failed, what still works, and offer the one thing that helps. */
export function Failure({
  error,
  retry,
  isPage = false,
  isNarrow = false,
  isOld = false,
  isTyped = false,
  head,
}: {
  error: unknown;
  /** What it promises, the button waits for. */
  retry: () => unknown;
  isPage?: boolean;
  /** The page is a narrow one. */
  isNarrow?: boolean;
  /** What this would have renewed is still on screen. */
  isOld?: boolean;
  /** What was typed here would be lost with the page: signed out, it is tried again first. */
  isTyped?: boolean;
  /** What stands above it on a whole page, if not the page's title. */
  head?: ReactNode;
}) {
  const [isTrying, tryIt] = useState(false);
  const isOut = error instanceof ApiError && error.isSignedOut;
  const mayTry = isOut && isTyped && !error.connectUrl && !openAgain();
  if (isOut && !mayTry) return <SignedOut error={error} />;
  const again = async () => {
    tryIt(true);
    await retry();
    tryIt(false);
  };
  const words = mayTry ? strings.error.signedOutTyped : wordsOf(error, isOld);
  const banner = (
    <div className="banner bad" role="alert">
      <CircleAlert size={16} aria-hidden />
      <div>
        <b>{words}</b>
        <div>
          <button type="button" className="btn" disabled={isTrying} onClick={again}>
            {strings.retry}
          </button>
        </div>
        {error instanceof ApiError && error.request && <small>{strings.error.request(error.request)}</small>}
      </div>
    </div>
  );
  if (!isPage) return banner;
  return (
    <main className={isNarrow ? "page narrow" : "page"}>
      {head ?? (
        <div className="phead">
          <h1>{headingOf(document.title)}</h1>
        </div>
      )}
      {banner}
    </main>
  );
}

/** The window's title has the page's heading before the app's name. */
const headingOf = (title: string): string => title.replace(/ · [^·]*$/, "");

function wordsOf(error: unknown, isOld: boolean): string {
  if (!(error instanceof ApiError)) return strings.error.failed;
  if (error.status === 0) return strings.error[error.isDeed ? "unsent" : isOld ? "offline" : "unreached"];
  if (error.status < 500 && error.message) return error.message;
  return error.isDeed ? strings.error.undone : strings.error.failed;
}

function SignedOut({ error }: { error: ApiError }) {
  if (error.connectUrl) {
    // Signing in again happens outside the frame: in the admin's own window.
    return (
      <Notice
        icon={<Link2Off aria-hidden />}
        title={strings.error.reconnectTitle}
        text={strings.error.reconnect}
        action={
          <a className="btn primary" href={error.connectUrl} target="_top">
            {strings.error.connect}
          </a>
        }
      />
    );
  }
  const again = openAgain();
  if (again) {
    return (
      <Notice
        icon={<CloudOff aria-hidden />}
        title={strings.error.sessionOver}
        action={
          <a className="btn primary" href={again} target="_top">
            {strings.error.openAgain}
          </a>
        }
      />
    );
  }
  if (window.parent === window) {
    return (
      <Notice
        icon={<LogIn aria-hidden />}
        title={strings.error.standaloneTitle}
        text={strings.error.standalone}
      />
    );
  }
  return (
    <Notice
      icon={<CloudOff aria-hidden />}
      title={strings.error.signedOut}
      action={
        <button type="button" className="btn primary" onClick={() => location.reload()}>
          {strings.reload}
        </button>
      }
    />
  );
}

type Said = { icon?: ReactNode; title: string; text?: string; action?: ReactNode };

/** A whole page with one message. */
export function Notice({ icon, title, text, action }: Said) {
  return (
    <main className="page">
      <div className="card empty">
        {icon && <span className="ic sub">{icon}</span>}
        <h1>{title}</h1>
        {text && <p>{text}</p>}
        {action}
      </div>
    </main>
  );
}

/** A part of a page that has nothing yet. */
export function Empty({ icon, title, text, action }: Said) {
  return (
    <div className="empty">
      {icon && <span className="ic sub">{icon}</span>}
      <h3>{title}</h3>
      {text && <p>{text}</p>}
      {action}
    </div>
  );
}
