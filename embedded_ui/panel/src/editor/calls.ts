// What the editor asks the server, and what it is told.
import { api, send } from "../api";
import type { MessageStep } from "../builder/document";
import type { IssueList, Preview, ProductLine, ProductList, StarterList, TagList, Trial } from "../types";
import type { BlockTemplate, Template } from "./blocks";

/** Whom a message is shown for: a customer of the store, or one of the samples. */
export type Reader = { customer: string; name: string } | { sample: Sample };
export type Sample = "full" | "bare" | "much";
export type About = { trigger?: string; kind?: string; offers_code?: boolean; tells_reward?: boolean; in_campaign?: boolean };
type AboutBody = About & { customer_id?: string; sample?: Sample };

export type Product = ProductLine;
export type Starters = Omit<StarterList, "starters"> & { starters: { key: string; template: Template }[] };
export type Test = Trial;

export const aboutOf = (about: About, reader: Reader): AboutBody => ({
  ...about,
  ...("customer" in reader ? { customer_id: reader.customer } : { sample: reader.sample }),
});

const post = <T>(path: string, body: unknown, signal?: AbortSignal) =>
  api<T>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });

export const preview = (template: Template, about: About, reader: Reader, signal: AbortSignal) =>
  post<Preview>("/templates/preview", { template, about: aboutOf(about, reader) }, signal);

/** With `links`, every address in the message is really asked. */
export const check = (template: Template, about: About, links: boolean, signal?: AbortSignal) =>
  post<IssueList>("/templates/check", { template, about, links }, signal);

const asked = (trigger: string | undefined) => (trigger ? `?trigger=${encodeURIComponent(trigger)}` : "");

export const tags = (trigger: string | undefined) => api<TagList>(`/templates/tags${asked(trigger)}`);

export const products = (search: string) =>
  api<ProductList>(`/products?search=${encodeURIComponent(search)}&page=1`);

export const productsOf = (ids: string[]) =>
  api<ProductList>(`/products?ids=${encodeURIComponent(ids.join(","))}`);

export const starters = (trigger: string | undefined) => api<Starters>(`/templates/starters${asked(trigger)}`);

export const toBlocks = async (template: Template): Promise<BlockTemplate> =>
  (await post<{ template: BlockTemplate }>("/templates/convert", { template })).template;

export const sendTest = (template: Template, to: string, about: About, reader: Reader) =>
  send<Test>("POST", "/templates/test", { template, to, about: aboutOf(about, reader) });

export const test = (id: string) => api<Test>(`/templates/test/${id}`);

/** The type of a message step whose template is one of ours. */
export type Message = Omit<MessageStep, "template"> & { template: Template };
