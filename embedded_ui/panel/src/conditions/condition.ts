// A predicate document, as docs/flow.schema.json has it, and how its tree is read and changed.
import { secondsOf } from "../format";

export type Test = {
  op: string;
  of?: Test[];
  field?: string | null;
  value?: unknown;
  events?: string | null;
  orders?: string | null;
  within?: string | null;
  where?: Record<string, string | number> | null;
  salt?: string | null;
};
/** What is wrong with a test; `path` is "" for the root, else such as `of.0.of.1`. */
export type ConditionProblem = { path: string; message: string };
type Told = { field: string; message: string; remedy?: string };

export const GROUPS = ["all", "any", "none"] as const;
export const DEEPEST = 3;
export const isGroup = (test: Test) => (GROUPS as readonly string[]).includes(test.op);
export const partsOf = (test: Test): Test[] => test.of ?? [];

/** Where a test stands: the place in each list of parts, from the root down. */
export type Path = readonly number[];
export const keyOf = (path: Path) => path.map((at) => `of.${at}`).join(".");
export const at = (root: Test, path: Path): Test | undefined =>
  path.reduce<Test | undefined>((here, index) => here && partsOf(here)[index], root);

/** Give the tree with another test at a place; null takes it out, and groups that are empty by it. */
export function put(root: Test, path: Path, test: Test | null): Test | null {
  if (path.length === 0) return test;
  const [index, ...rest] = path as [number, ...number[]];
  const parts = partsOf(root);
  const child = parts[index];
  if (!child) return root;
  const next = put(child, rest, test);
  const left = next
    ? parts.map((part, place) => (place === index ? next : part))
    : parts.filter((_, place) => place !== index);
  return left.length ? { ...root, of: left } : null;
}

/** Give the tree with a test more in a group, before the part that is there. */
export function insert(root: Test, group: Path, index: number, test: Test): Test {
  const here = at(root, group);
  if (!here) return root;
  const parts = partsOf(here);
  return put(root, group, { ...here, of: [...parts.slice(0, index), test, ...parts.slice(index)] }) ?? root;
}

/** Count the levels of groups in a test, itself included. */
export const levels = (test: Test): number =>
  isGroup(test) ? 1 + Math.max(0, ...partsOf(test).map(levels)) : 0;

/** Find a test that stands in the tree as the very same object. */
export function pathOf(root: Test, wanted: Test): Path | null {
  if (root === wanted) return [];
  for (const [index, part] of partsOf(root).entries()) {
    const below = pathOf(part, wanted);
    if (below) return [index, ...below];
  }
  return null;
}

/**
 * Move a test one place up or down: past a test, into a group that has room, or out of its own.
 * Null: there is nowhere to go.
 */
export function moved(root: Test, path: Path, by: -1 | 1): Test | null {
  const test = at(root, path);
  const index = path.at(-1);
  if (!test || index === undefined) return null;
  const group = path.slice(0, -1);
  const siblings = partsOf(at(root, group)!);
  const neighbour = siblings[index + by];
  if (!neighbour) {
    if (!group.length) return null;
    const outer = group.slice(0, -1);
    const place = group.at(-1)! + (by === 1 ? 1 : 0);
    const without = (tree: Test) => put(tree, by === 1 ? path : [...outer, place + 1, ...path.slice(group.length)], null);
    return without(insert(root, outer, place, test));
  }
  if (isGroup(neighbour) && group.length + 1 + levels(test) < DEEPEST) {
    const entered = insert(root, [...group, index + by], by === 1 ? 0 : partsOf(neighbour).length, test);
    return put(entered, path, null);
  }
  const swapped = [...siblings];
  swapped[index] = neighbour;
  swapped[index + by] = test;
  return put(root, group, { ...at(root, group)!, of: swapped });
}

/** Give what to do about the problems of a document's condition at their places; `prefix` is its field there. */
export function problemsAt(problems: Told[], prefix: string): ConditionProblem[] {
  return problems
    .filter(({ field }) => field === prefix || field.startsWith(`${prefix}.`))
    .map(({ field, message, remedy }) => ({
      path: (field.slice(prefix.length + 1).match(/^(of\.\d+\.?)*/)?.[0] ?? "").replace(/\.$/, ""),
      message: remedy ?? message,
    }));
}

export type Missing = "value" | "number" | "duration" | "name" | "segment" | "date";

/** Say what a test still lacks; null: nothing that can be told without asking the server. */
export function lacks(test: Test): Missing | null {
  const { op, value } = test;
  if (isGroup(test) || op === "exists") return null;
  if (op === "in_segment") return value ? null : "segment";
  if (op === "within" || op === "before") return secondsOf(value) ? null : "duration";
  if (test.field?.endsWith(".")) return "name";
  if (op === "in") return Array.isArray(value) && value.length ? null : "value";
  if (test.events || (test.orders && !["first", "last"].includes(test.orders)) || op === "percent")
    return typeof value === "number" ? null : "number";
  if (test.orders) return value ? null : "date";
  return value === null || value === undefined || value === "" ? "value" : null;
}

/** Say whether a whole document lacks nothing. */
export const isComplete = (test: Test): boolean =>
  isGroup(test) ? partsOf(test).length > 0 && partsOf(test).every(isComplete) : lacks(test) === null;
