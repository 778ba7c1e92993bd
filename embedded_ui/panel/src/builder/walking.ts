// Walking a drawn flow by arrow keys: down and up along its lines, left and right between branches.
import { END_ID, type FlowEdge, isStepId, TRIGGER } from "./layout";

const KEYS = ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"];
export const isWalk = (key: string) => KEYS.includes(key);

/** Give the step that an arrow key leads to, or undefined where there is none. */
export function neighbour(edges: FlowEdge[], id: string, key: string): string | undefined {
  if (key === "ArrowDown") return follow(edges, id)[0];
  const before = backward(edges, id)[0];
  if (key === "ArrowUp" || before === undefined) return key === "ArrowUp" ? before : undefined;
  const siblings = follow(edges, before);
  return siblings[siblings.indexOf(id) + (key === "ArrowRight" ? 1 : -1)];
}

/** Points that only join or keep a lane are walked through. */
function follow(edges: FlowEdge[], from: string): string[] {
  return edges
    .filter((edge) => edge.source === from)
    .flatMap(({ target }) => (isStepId(target) ? [target] : target === END_ID ? [] : follow(edges, target)))
    .filter((id, at, all) => all.indexOf(id) === at);
}

function backward(edges: FlowEdge[], to: string): string[] {
  return edges
    .filter((edge) => edge.target === to)
    .flatMap(({ source }) => (isStepId(source) || source === TRIGGER ? [source] : backward(edges, source)));
}
