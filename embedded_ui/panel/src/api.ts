// The one place that speaks to the server, but for what `early.ts` began: brings the token of this very moment, and reads errors.
import { canSignIn, isEmbedded, lastToken, taken, token } from "./early";

const RETRY = "X-Shopify-Retry-Invalid-Session-Request";
const REAUTHORIZE = "X-Shopify-API-Request-Failure-Reauthorize-Url";

type Problem = { step?: string; field: string; message: string; remedy?: string };

/** Why a request came to nothing. `field` names a wrong input, `connectUrl` where access is renewed. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly field?: string,
    readonly connectUrl?: string,
    readonly problems: Problem[] = [],
    /** Something was to be done, not only to be shown. */
    readonly isDeed = false,
    /** What the server's log calls the request, where the fault is on its side. */
    readonly request?: string,
  ) {
    super(message);
  }

  get isSignedOut() {
    return this.status === 401;
  }
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  if (!canSignIn()) throw new ApiError(401, "");
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${await (init.keepalive ? lastToken() : token())}`);
  headers.set("Accept-Language", document.documentElement.lang);
  return reached(fetch(`/panel/api${path}`, { ...init, headers }), isDeed(init));
}

const isDeed = (init: RequestInit) => init.method !== undefined;

async function reached(answer: Promise<Response>, isDeed = false): Promise<Response> {
  try {
    return await answer;
  } catch {
    throw new ApiError(0, "", undefined, undefined, [], isDeed);
  }
}

/** Give what the API answers; a token that has just run out is renewed once. */
export async function api<T>(path: string, init: RequestInit = {}): Promise<T> {
  const early = init.method ? undefined : taken(path);
  let answer = await (early ? reached(early) : ask(path, init));
  if (answer.status === 401 && answer.headers.get(RETRY)) answer = await ask(path, init);
  if (!answer.ok) throw await errorOf(answer, isDeed(init));
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

/** Give a file that the API answers with. */
export async function file(path: string): Promise<Blob> {
  let answer = await ask(path, {});
  if (answer.status === 401 && answer.headers.get(RETRY)) answer = await ask(path, {});
  if (!answer.ok) throw await errorOf(answer, false);
  return answer.blob();
}

async function errorOf(answer: Response, isDeed: boolean): Promise<ApiError> {
  type Told = { message?: string; field?: string; problems?: Problem[] };
  const told = (await answer.json().catch(() => ({}))) as Told;
  const connectUrl = answer.headers.get(REAUTHORIZE) ?? undefined;
  const request = answer.headers.get("X-Request-ID") ?? undefined;
  return new ApiError(answer.status, told.message ?? "", told.field, connectUrl, told.problems, isDeed, request);
}

/** Give what is kept right now, as the first part of a deed: if it can't be had, the deed is what failed. */
export const keptNow = <T>(path: string): Promise<T> =>
  api<T>(path).catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError(error.status, error.message, error.field, error.connectUrl, error.problems, true, error.request);
  });

/** Write over a revision of something; whoever wrote another one since makes this a 409. */
export const sendOver = <T>(method: "POST" | "PUT", path: string, body: unknown, revision: number) =>
  api<T>(path, {
    method,
    headers: { "Content-Type": "application/json", "If-Match": String(revision) },
    body: JSON.stringify(body),
  });

export const send = <T>(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  signal?: AbortSignal,
) =>
  api<T>(path, {
    method,
    signal,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });

export const TOAST = "reprise:toast";

/** Tell the merchant that something is done: in the admin's own toast where there is one, else in ours. */
export function toast(text: string) {
  if (isEmbedded() && window.shopify?.toast) window.shopify.toast.show(text);
  else window.dispatchEvent(new CustomEvent(TOAST, { detail: text }));
}
