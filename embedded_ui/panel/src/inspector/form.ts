// What every form of a step is given.
import type { FlowDocument, Step } from "../builder/document";

export type FormProps<S extends Step> = {
  step: S;
  document: FlowDocument;
  /** Change some of the step's own fields. */
  set: (part: Partial<S>) => void;
  change: (document: FlowDocument, said: string) => void;
};
