// What the parts of the canvas share: what they may do, and what they show besides their own data.
import { createContext, useContext } from "react";
import type { Place, Trigger } from "./document";
import type { FlowNames } from "./telling";

/** What a merchant can do on the canvas; the same object for as long as the page is open. */
export type Deeds = {
  /** Open the menu of steps to add at a place, under the element that asked for it. */
  openAdd: (place: Place, anchor: Element) => void;
  openStep: (id: string, anchor: Element) => void;
  openBranch: (list: string, anchor: Element) => void;
  unfold: (list: string) => void;
  liftSteps: (ids: readonly string[], event: React.PointerEvent) => void;
  liftBranch: (list: string, event: React.PointerEvent) => void;
};

/** Nothing here changes with each edit, else every card would be drawn anew. */
export type CanvasValue = {
  trigger: Trigger;
  names: FlowNames;
  isReadOnly: boolean;
  /** While steps look for a place: says where they can't go. */
  isBarred: ((place: Place) => boolean) | null;
  deeds: Deeds;
};

export const CanvasContext = createContext<CanvasValue | null>(null);

export function useCanvas(): CanvasValue {
  const value = useContext(CanvasContext);
  if (!value) throw new Error("useCanvas needs a canvas around it");
  return value;
}

/** Give a place as it is written on a "+", and read it from there. */
export const placeName = ({ list, at }: Place) => `${list}@${at}`;
export function placeNamed(name: string): Place {
  const [list, at] = name.split("@") as [string, string];
  return { list, at: Number(at) };
}

/** A finger moves the canvas; steps are moved by their menu there. */
export const isCoarse = matchMedia("(pointer: coarse)").matches;
