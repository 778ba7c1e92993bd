// What every form of the inspector begins with: what it is about, and what is wrong that no field shows.
import { CircleAlert, X } from "lucide-react";
import type { Step } from "../builder/document";
import { StepIcon } from "../flow/StepIcon";
import { strings } from "../strings";
import { sentenceOf } from "../ui/sentence";
import { FormContext } from "./fields";
import { words } from "./words";

type HeadProps = { kind: Step["kind"] | "trigger"; by?: string | undefined; title: string; close?: () => void };

export function Head({ kind, by, title, close }: HeadProps) {
  return (
    <div className="ih">
      <StepIcon kind={kind} by={by} />
      <h2>{title}</h2>
      {close && (
        <button type="button" className="btn plain icon" aria-label={strings.flow.close} onClick={close}>
          <X size={16} aria-hidden />
        </button>
      )}
    </div>
  );
}

/** `fields`: those that the form shows; what is wrong elsewhere is said here, above it. */
export function Loose({ fields }: { fields: string[] }) {
  return (
    <FormContext.Consumer>
      {({ problems }) => {
        const loose = problems.filter(({ field }) => !fields.some((one) => field === one || field.startsWith(`${one}.`)));
        return (
          loose.length > 0 && (
            <div className="banner warn" role="group" aria-label={words.toFix}>
              <CircleAlert size={16} aria-hidden />
              <ul>
                {loose.map((one) => (
                  <li key={one.field + one.message}>{sentenceOf(one)}</li>
                ))}
              </ul>
            </div>
          )
        );
      }}
    </FormContext.Consumer>
  );
}
