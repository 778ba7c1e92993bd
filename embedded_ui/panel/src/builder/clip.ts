// Steps on the clipboard: JSON, so that they go from one flow to another and from one window to the next.
import { branches, branchesOf, type Step, type StepKind } from "./document";

const MARK = "reprise/steps";

export const writeClip = (steps: Step[]): string => JSON.stringify({ [MARK]: 1, steps }, null, 1);

/** Give the steps of a text from the clipboard, or null if it holds none of ours. */
export function readClip(text: string): Step[] | null {
  if (text.length > 5_000_000 || !text.includes(MARK)) return null;
  try {
    const told: unknown = JSON.parse(text);
    if (!isObject(told) || told[MARK] !== 1 || !Array.isArray(told.steps)) return null;
    return told.steps.length && told.steps.every(isStep) ? (told.steps as Step[]) : null;
  } catch {
    return null;
  }
}

type Json = Record<string, unknown>;
const isObject = (told: unknown): told is Json => typeof told === "object" && told !== null && !Array.isArray(told);
const isText = (told: unknown) => typeof told === "string";
const isList = (told: unknown) => told === undefined || (Array.isArray(told) && told.every(isStep));
const areArms = (told: unknown, own: (arm: Json) => boolean) =>
  Array.isArray(told) &&
  told.length > 0 &&
  told.every((arm) => isObject(arm) && isText(arm.key) && own(arm) && isList(arm.steps));

const areAnswers = (told: unknown) =>
  Array.isArray(told) && told.every((arm) => isObject(arm) && isText(arm.key) && isText(arm.label) && isList(arm.steps));
const areUnheard = (step: Json) => isList(step.otherwise) && isList(step.silent);

// What is drawn has to be there; all the rest is for the server to judge.
const NEEDS: Record<StepKind, (step: Json) => boolean> = {
  delay: () => true,
  condition: (step) => isObject(step.condition) && isList(step.yes) && isList(step.no),
  wait_for_event: (step) => isText(step.event) && isText(step.timeout) && isList(step.yes) && isList(step.no),
  split: (step) => areArms(step.variants, (arm) => typeof arm.weight === "number"),
  switch: (step) => isText(step.field) && areArms(step.cases, (arm) => Array.isArray(arm.values)) && isList(step.otherwise),
  message: (step) => isObject(step.template),
  ask: (step) => isObject(step.template) && (step.answers === undefined || areAnswers(step.answers)) && areUnheard(step),
  collect: (step) => isObject(step.template) && isList(step.given) && areUnheard(step),
  coupon: (step) => isText(step.valid_for),
  reward: (step) => typeof step.amount === "number",
  update_customer: () => true,
  notify_staff: (step) => isText(step.subject) && isText(step.text),
  hand_over: (step) => isText(step.subject) && isText(step.text),
  call_webhook: (step) => isText(step.url),
  start_flow: (step) => isText(step.flow),
  stop_flow: (step) => isText(step.flow),
  exit: () => true,
};

function isStep(told: unknown): told is Step {
  if (!isObject(told) || typeof told.kind !== "string" || !Object.hasOwn(NEEDS, told.kind)) return false;
  return typeof told.id === "string" && /^[a-z0-9][a-z0-9_-]{0,39}$/.test(told.id) && NEEDS[told.kind as StepKind](told);
}

/** Count the steps of a clip, those in branches too. */
export const sizeOf = (steps: Step[]): number =>
  steps.reduce((sum, step) => sum + 1 + (branches(step) ? sizeOf(branchesOf(step).flatMap((one) => one.steps)) : 0), 0);
