// Keeps what holds the messages at an address of the API, over the revision that it was made from.
import { api } from "../api";
import type { Document, Keeper, Kept } from "./keeping";

/** Letters of a request that may outlive its page: browsers allow 64 kB. */
const OUTLIVES = 20_000;

export function keeperAt<Told>(path: string, keptOf: (told: Told) => Kept): Keeper {
  const save = async (document: Document, revision: number | null, isLast: boolean) => {
    const body = JSON.stringify(document);
    const headers = {
      "Content-Type": "application/json",
      ...(revision === null ? {} : { "If-Match": String(revision) }),
    };
    return keptOf(await api<Told>(path, { method: "PUT", headers, body, keepalive: isLast && body.length < OUTLIVES }));
  };
  return { load: async () => keptOf(await api<Told>(path)), save };
}
