// A message sent to oneself: to whom, and what became of it.
import { useMutation, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { ApiError, api, send } from "../api";
import type { Template } from "../builder/document";
import { type About, aboutOf, type Reader } from "../editor/calls";
import { useStore } from "../store";
import { Failure } from "../ui/states";
import { Sheet } from "./Sheet";
import { words } from "./words";

const ReaderField = lazy(async () => ({ default: (await import("../editor/ReaderMenu")).ReaderField }));
const said = words.test;
const KEPT = "reprise.test-address";
const AGAIN = 1_500; // ms between two looks at what became of it
type Test = { id: string; state: "queued" | "sent" | "failed"; to: string; detail: string | null; sent_at: string | null };
type Props = { template: Template; about: About; close: () => void };

export function TestSheet({ template, about, close }: Props) {
  const { format } = useStore();
  const [to, type] = useState(keptAddress);
  const [reader, readAs] = useState<Reader>({ sample: "full" });
  const ask = useMutation({
    mutationFn: () => send<Test>("POST", "/templates/test", { template, to: to.trim(), about: aboutOf(about, reader) }),
    onSuccess: () => keepAddress(to),
  });
  const { data } = useQuery({
    queryKey: ["test", ask.data?.id],
    queryFn: () => api<Test>(`/templates/test/${ask.data!.id}`),
    enabled: Boolean(ask.data),
    refetchInterval: ({ state }) => (state.data && state.data.state !== "queued" ? false : AGAIN),
  });
  const test = data ?? ask.data;
  const refused = ask.error instanceof ApiError && ask.error.status === 422 ? ask.error : null;
  const wrong = refused && (refused.field === "to" ? refused.message : said.unfit);
  const retype = (event: { target: { value: string } }) => {
    type(event.target.value);
    if (wrong) ask.reset();
  };
  const submit = (event: { preventDefault: () => void }) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <Sheet title={said.title} close={close}>
      <form onSubmit={submit} noValidate>
        <div className="field">
          <label htmlFor="test-to">{said.to}</label>
          <input id="test-to" className="input" type="email" autoComplete="email" value={to} aria-invalid={Boolean(wrong)} aria-describedby="test-told" onChange={retype} />
          <span className={wrong ? "wrong" : "hint"} id="test-told">{wrong ?? said.hint}</span>
        </div>
        <Suspense fallback={<div className="field" style={{ blockSize: 60 }} />}>
          <ReaderField reader={reader} set={readAs} />
        </Suspense>
        <button type="submit" className="btn primary" disabled={ask.isPending || !to.trim()}>
          {said.send}
        </button>
      </form>
      {Boolean(ask.error) && !wrong && <Failure error={ask.error} retry={() => ask.mutate()} />}
      <p role="status">{test && !ask.isPending ? said.states[test.state](test.to, test.sent_at ? format.zonedTime(test.sent_at) : (test.detail ?? "")) : ""}</p>
    </Sheet>
  );
}

// A browser that blocks storage in frames throws: then the address is typed each time.
function keptAddress(): string {
  try {
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

function keepAddress(to: string) {
  try {
    localStorage.setItem(KEPT, to);
  } catch {
    // nothing to keep it in
  }
}
