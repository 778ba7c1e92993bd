// What can't be undone: asked about, and done only once its name was typed.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { ApiError, send } from "../api";
import { Asked, asks } from "./Asked";
import { Failure } from "./states";

type Props<Answer> = {
  /** Where it is done: the server compares what was typed. */
  path: string;
  /** What has to be quiet meanwhile, and goes on when nothing came of it. */
  begin?: () => Promise<void>;
  failed?: () => void;
  done: (answer: Answer) => void;
  icon: ReactNode;
  words: {
    /** On the button that asks. */
    ask: string;
    title: string;
    text: string;
    /** Above the field: what is to be typed. */
    type: string;
    keep: string;
    go: string;
    going: string;
  };
};

export function Typed<Answer>({ path, begin, failed, done, icon, words }: Props<Answer>) {
  const [isAsked, ask] = useState(false);
  const [typed, type] = useState("");
  const deed = useMutation({
    mutationFn: () => send<Answer>("POST", path, { confirm: typed }),
    onMutate: begin,
    onError: failed,
    onSuccess: done,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    deed.mutate();
  };
  const isWrong = deed.error instanceof ApiError && deed.error.field === "confirm";
  return (
    <>
      <button type="button" className="btn" {...asks} onClick={() => ask(true)}>
        {icon}
        {words.ask}
      </button>
      <Asked
        isOpen={isAsked}
        open={ask}
        title={words.title}
        text={words.text}
        keep={words.keep}
        submit={submit}
        act={
          <button type="submit" className="btn danger" disabled={deed.isPending || !typed.trim()}>
            {deed.isPending ? words.going : words.go}
          </button>
        }
      >
        <Name label={words.type} typed={typed} type={type} wrong={isWrong ? deed.error!.message : ""} />
        {deed.error && !isWrong && <Failure error={deed.error} retry={() => deed.mutate()} />}
      </Asked>
    </>
  );
}

type NameProps = { label: string; typed: string; type: (text: string) => void; wrong: string };

function Name({ label, typed, type, wrong }: NameProps) {
  const id = useId();
  return (
    <div className="field" style={{ marginBlockStart: 12 }}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        value={typed}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={Boolean(wrong)}
        aria-describedby={`${id}-wrong`}
        onChange={(event) => type(event.target.value)}
      />
      <span id={`${id}-wrong`} className="wrong" role="status">
        {wrong}
      </span>
    </div>
  );
}
