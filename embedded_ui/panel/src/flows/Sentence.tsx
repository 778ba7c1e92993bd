// A flow said in one sentence: read by the server's grammar, drawn as steps, then kept.
import { useMutation } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { type FormEvent, useContext, useId, useState } from "react";
import { send } from "../api";
import { type FlowDocument, branchesOf, type Step } from "../builder/document";
import { Facts, FactsContext } from "../builder/Facts";
import { branchLabel, channelOf, lineOf, titleOf, triggerLine, triggerTitle } from "../builder/telling";
import { StepIcon } from "../flow/StepIcon";
import { language } from "../language";
import { useStore } from "../store";
import { Failure } from "../ui/states";
import { words } from "./words";

type Unclear = { message: string; remedy: string; word: string; at: number };
type Read = { understood: boolean; document: FlowDocument | null; problems: Unclear[] };

/** `create` keeps the flow that was drawn. */
export function Sentence({ create, isBusy }: { create: (document: FlowDocument) => void; isBusy: boolean }) {
  const [sentence, write] = useState("");
  const id = useId();
  const read = useMutation({ mutationFn: () => send<Read>("POST", "/flows/sentence", { sentence, language }) });
  const rewrite = (text: string) => {
    write(text);
    read.reset(); // what was drawn, or not understood, was another sentence
  };
  const draw = (event: FormEvent) => {
    event.preventDefault();
    if (sentence.trim()) read.mutate();
  };
  const { document, problems = [] } = read.data ?? {};
  return (
    <section className="card" aria-labelledby={`${id}h`}>
      <h2 id={`${id}h`}>{words.sentence}</h2>
      <p className="sub" style={{ marginBlockEnd: 8 }}>
        {words.sentenceText}
      </p>
      <form onSubmit={draw}>
        <div className="field">
          <label htmlFor={id}>{words.sentenceLabel}</label>
          <textarea
            id={id}
            className="input"
            rows={3}
            maxLength={1000}
            value={sentence}
            aria-describedby={problems.length ? `${id}e ${id}p` : `${id}e`}
            aria-invalid={problems.length > 0}
            onChange={(event) => rewrite(event.target.value)}
          />
          <span className="hint" id={`${id}e`}>
            {words.sentenceHint(words.sentenceExample)}
          </span>
        </div>
        <div className="inline">
          <button type="submit" className="btn" disabled={read.isPending || !sentence.trim()}>
            {read.isPending ? words.drawing : words.draw}
          </button>
          {!sentence && (
            <button type="button" className="btn plain" onClick={() => write(words.sentenceExample)}>
              {words.takeExample}
            </button>
          )}
        </div>
      </form>
      {Boolean(read.error) && <Failure error={read.error} retry={() => read.mutate()} />}
      <div role="status" id={`${id}p`}>
        {problems.map((problem) => (
          <p key={problem.at} className="unclear">
            <CircleAlert size={14} aria-hidden />
            <span>
              <b>{problem.message}</b> {problem.remedy}
            </span>
          </p>
        ))}
      </div>
      {document && (
        <>
          <Facts document={document}>
            <Drawn document={document} />
          </Facts>
          <button type="button" className="btn primary" disabled={isBusy} onClick={() => create(document)}>
            {words.useDrawn}
          </button>
        </>
      )}
    </section>
  );
}

function Drawn({ document }: { document: FlowDocument }) {
  const { format } = useStore();
  return (
    <ol className="told-steps" aria-label={document.name}>
      <li>
        <StepIcon kind="trigger" />
        <span>
          <b>{triggerTitle(document.trigger)}</b> <span className="sub">{triggerLine(document.trigger, format)}</span>
        </span>
      </li>
      <Steps steps={document.steps} document={document} />
    </ol>
  );
}

const NOBODY: ReadonlyMap<string, string> = new Map();

function Steps({ steps, document }: { steps: Step[]; document: FlowDocument }) {
  const { format } = useStore();
  const names = { flows: NOBODY, facts: useContext(FactsContext) };
  return steps.map((step) => (
    <li key={step.id}>
      <StepIcon kind={step.kind} by={channelOf(step)} />
      <span>
        <b>{titleOf(step)}</b> <span className="sub">{lineOf(step, document.trigger, format, names)}</span>
      </span>
      {branchesOf(step)
        .filter((branch) => branch.steps.length)
        .map((branch) => (
          <div key={branch.key} className="told-branch">
            <span className="badge">{branchLabel(step, branch, format)}</span>
            <ol className="told-steps">
              <Steps steps={branch.steps} document={document} />
            </ol>
          </div>
        ))}
    </li>
  ));
}
