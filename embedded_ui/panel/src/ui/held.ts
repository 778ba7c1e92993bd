// While something is unsaved its page stands in the browser's history twice: "back" is asked about on the second.

export const HELD = { isHeld: true };
export const isHeld = () => Boolean((history.state as typeof HELD | null)?.isHeld);

const LONGEST = 500; // ms: after a reload the history may tell of what is no longer held

/** Wait until the page stands there once again: what goes on elsewhere before would be undone by it. */
export const released = () =>
  new Promise((done) => {
    if (!isHeld()) return done(null);
    addEventListener("popstate", done, { once: true });
    setTimeout(done, LONGEST);
  });
