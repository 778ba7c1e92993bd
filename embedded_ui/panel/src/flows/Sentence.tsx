// A flow said in one sentence: read by the server's grammar, drawn as steps, then kept.
import { useMutation } from "@tanstack/react-query";
import { CircleAlert } from "lucide-react";
import { type FormEvent, lazy, Suspense, useId, useState } from "react";
import { send } from "../api";
import type { FlowDocument } from "../builder/document";
import { language } from "../language";
import { Failure } from "../ui/states";
import { words } from "./words";

// How steps are told is the builder's: it comes while the sentence is read.
const loadDrawn = () => import("./Drawn");
const Drawn = lazy(loadDrawn);

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
    void loadDrawn();
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
        <Suspense>
          <Drawn document={document} />
          <button type="button" className="btn primary" disabled={isBusy} onClick={() => create(document)}>
            {words.useDrawn}
          </button>
        </Suspense>
      )}
    </section>
  );
}
