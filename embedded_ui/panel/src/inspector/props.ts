// What the builder hands to the inspector and to the bar above the canvas.
import type { FlowDocument } from "../builder/document";
import type { DocumentProblem, Figures, Flow, Step as Drawn } from "../types";

export type InspectorProps = {
  flow: Flow;
  document: FlowDocument;
  chosen: string | null;
  problems: DocumentProblem[];
  isReadOnly: boolean;
  change: (document: FlowDocument, said: string) => void;
  choose: (id: string | null) => void;
  figuresOf: (stepId: string) => Figures | undefined;
  drawnOf: (stepId: string) => Drawn | undefined;
  openMessage: (stepId: string) => void;
  remove: (stepId: string) => void;
  flush: () => Promise<void>;
};

export type TopBarProps = {
  flow: Flow;
  document: FlowDocument;
  problems: DocumentProblem[];
  isReadOnly: boolean;
  flush: () => Promise<void>;
  go: (stepId: string | null, field?: string) => void;
  replaceDraft: (document: FlowDocument, said: string) => void;
  refresh: () => void;
};
