// A test to oneself: sent for real, and what the mail provider said of it.
import { Dialog } from "@base-ui/react/dialog";
import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, Send } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { ApiError } from "../api";
import { useStore } from "../store";
import { Failure } from "../ui/states";
import * as calls from "./calls";
import { useEditing } from "./context";
import { words } from "./words";

const REMEMBERED = "reprise.test-address";
const ASK_EVERY = 1_000; // ms
const SLOW = 20_000; // ms after which one is told that it takes long

export function SendTest({ isOff }: { isOff: boolean }) {
  return (
    <Dialog.Root>
      <Dialog.Trigger className="btn" disabled={isOff} aria-label={words.test}>
        <Send size={14} aria-hidden />
        <span className="wide">{words.test}</span>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title>{words.testTitle}</Dialog.Title>
          <Dialog.Description className="sub">{words.testText}</Dialog.Description>
          <Sending />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Sending() {
  const { template, about, reader } = useEditing();
  const [to, setTo] = useState(remembered);
  const sending = useMutation({
    mutationFn: () => calls.sendTest(template, to.trim(), about, reader),
    onSuccess: () => remember(to.trim()),
  });
  const test = useTest(sending.data);
  const refused = sending.error instanceof ApiError && sending.error.status === 422 ? sending.error : null;
  // What is wrong with the message itself stands in the checks, in words and with a way there.
  const wrong = refused && (refused.field === "to" ? refused.message : words.testUnfit);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    sending.mutate();
  };
  const isUnderway = sending.isPending || test?.state === "queued";
  return (
    <form onSubmit={submit} noValidate>
      <div className="field" style={{ marginBlockStart: 12 }}>
        <label htmlFor="test-to">{words.testTo}</label>
        <input
          id="test-to"
          className="input"
          type="email"
          autoComplete="email"
          value={to}
          aria-invalid={wrong !== null}
          aria-describedby="test-told"
          onChange={(event) => setTo(event.target.value)}
        />
        <span id="test-told">{wrong && <span className="hint mtold bad">{wrong}</span>}</span>
      </div>
      {sending.error && !wrong && <Failure error={sending.error} retry={() => sending.mutate()} />}
      <div role="status">{(sending.isPending || test) && <Outcome test={test} />}</div>
      <div className="inline">
        <Dialog.Close className="btn">{words.close}</Dialog.Close>
        <button type="submit" className="btn primary" disabled={isUnderway || !to.trim()}>
          {test && !isUnderway ? words.testAgain : words.testSend}
        </button>
      </div>
    </form>
  );
}

/** Ask how a test is doing until it has gone out or failed. */
function useTest(sent: calls.Test | undefined) {
  const { data } = useQuery({
    queryKey: ["test", sent?.id],
    queryFn: () => calls.test(sent!.id),
    enabled: sent !== undefined,
    initialData: sent,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.state === "queued" ? ASK_EVERY : false),
  });
  return sent && data;
}

function Outcome({ test }: { test: calls.Test | undefined }) {
  const { format } = useStore();
  const isSlow = useSlow(test?.id);
  if (!test || test.state === "queued") return <p className="mtold sub">{isSlow ? words.testSlow : words.testQueued}</p>;
  if (test.state === "failed") {
    return (
      <div className="banner bad">
        <CircleAlert size={16} aria-hidden />
        <div>
          <b>{words.testFailed}</b>
          {test.detail && <p>{test.detail}</p>}
          <p>{words.testFailedText}</p>
        </div>
      </div>
    );
  }
  return (
    <div className="banner ok">
      <CircleCheck size={16} aria-hidden />
      <div>
        <b>{words.testSent(test.to, format.zonedTime(test.sent_at ?? new Date().toISOString()))}</b>
        <p>{words.testSentText}</p>
      </div>
    </div>
  );
}

function useSlow(id: string | undefined) {
  const [slow, set] = useState<string | undefined>();
  useEffect(() => {
    const waiting = setTimeout(() => set(id), SLOW);
    return () => clearTimeout(waiting);
  }, [id]);
  return id !== undefined && slow === id;
}

/** A browser may keep nothing for a page in a frame: then the address is typed again. */
function remembered(): string {
  try {
    return localStorage.getItem(REMEMBERED) ?? "";
  } catch {
    return "";
  }
}

function remember(address: string) {
  try {
    localStorage.setItem(REMEMBERED, address);
  } catch {
    // As above: nothing is lost but a convenience.
  }
}
