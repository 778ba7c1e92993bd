// How what is written in Liquid reads to people.
import { strings } from "./strings";

/**
 * Give a subject line without its template language: "Still thinking it over, [first name]?"
 * Of what depends on something, the first way of saying it. What is `shown` for a detail, by its path, stands in its place.
 */
export function readable(subject: string, shown: Record<string, string> = {}): string {
  return subject
    .replace(/\{%-?\s*(?:else|elsif|when)\b.*?\{%-?\s*end(?:if|unless|case)\s*-?%\}/gs, "")
    .replace(/\{%.*?%\}/gs, "")
    .replace(/\{\{-?\s*([\w.[\]]+).*?\}\}/gs, (_, path: string) => shown[path] || `[${detailOf(path)}]`)
    .replace(/\s+/g, " ")
    .trim();
}

/** Name a detail, also one that no list offers: `item.url` is a link like any other. */
function detailOf(path: string): string {
  const last = path.split(".").at(-1)!;
  return strings.flow.tags[path] ?? strings.flow.tags[last] ?? last.replaceAll("_", " ");
}
