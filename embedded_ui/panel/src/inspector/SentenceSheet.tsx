// A flow as one sentence, which may be changed: the drawing follows it, and what was written stays.
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { api, send } from "../api";
import type { FlowDocument } from "../builder/document";
import { language } from "../language";
import type { Spoken, Understood } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import type { SentenceProps } from "./SentenceButton";
import { Sheet } from "./Sheet";
import { words } from "./words";

const said = words.sentence;

export function SentenceSheet({ flow, change, flush, close }: SentenceProps & { close: () => void }) {
  const { data, error, refetch } = useQuery({
    queryKey: ["sentence", flow.id],
    // The server says what it holds: what was changed here is kept first.
    queryFn: async () => {
      await flush();
      return api<Spoken>(`/flows/${flow.id}/sentence?language=${language}`);
    },
    staleTime: 0,
    gcTime: 0,
  });
  const keep = (document: FlowDocument) => {
    change(document, words.changed(said.title));
    close();
  };
  return (
    <Sheet title={said.title} close={close}>
      {error ? <Failure error={error} retry={refetch} /> : !data && <RowSkeletons rows={3} />}
      {data && data.sentence === null && <p>{said.untold}</p>}
      {data?.sentence && <Changing flowId={flow.id} sentence={data.sentence} keep={keep} />}
    </Sheet>
  );
}

type ChangingProps = { flowId: string; sentence: string; keep: (document: FlowDocument) => void };

function Changing({ flowId, sentence, keep }: ChangingProps) {
  const [text, write] = useState(sentence);
  const id = useId();
  const draw = useMutation({
    mutationFn: () => send<Understood>("POST", "/flows/sentence", { sentence: text, language, flow: flowId }),
    onSuccess: ({ document }) => document && keep(document as FlowDocument),
  });
  const problems = draw.data?.problems ?? [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    draw.mutate();
  };
  return (
    <form onSubmit={submit}>
      <div className="field">
        <label htmlFor={id}>{said.label}</label>
        <textarea
          id={id}
          className="input"
          rows={10}
          maxLength={6000}
          value={text}
          aria-invalid={problems.length > 0}
          aria-describedby={`${id}h ${id}p`}
          onChange={(event) => {
            write(event.target.value);
            draw.reset(); // what was not understood was another sentence
          }}
        />
        <span className="hint" id={`${id}h`}>{said.hint}</span>
      </div>
      <div role="status" id={`${id}p`} style={{ marginBlockEnd: problems.length ? 12 : 0 }}>
        {problems.map((problem) => (
          <p key={problem.at} className="wrong">
            <b>{problem.message}</b> {problem.remedy}
          </p>
        ))}
      </div>
      {Boolean(draw.error) && <Failure error={draw.error} retry={() => draw.mutate()} />}
      <button type="submit" className="btn primary" disabled={draw.isPending || !text.trim() || text === sentence}>
        {draw.isPending ? said.drawing : said.draw}
      </button>
    </form>
  );
}
