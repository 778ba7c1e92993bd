// Waiting for the screen: what nobody looks at yet is asked for once the page can be read.

/** Resolve once what is being drawn is on the screen. */
export const painted = () => new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done)));
