// The sign-up form's settings: whether it is on, what it asks, and its words in each language.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { ApiError, keptNow, send, toast } from "../api";
import { useMay } from "../store";
import type { SignupAnswer, SignupForm, SignupWords } from "../types";
import { Failure } from "../ui/states";
import { LookOnly } from "../ui/LookOnly";
import { useAtField } from "../ui/useAtField";
import { useMerged } from "../ui/useMerged";
import { Card, Field, Toggle } from "./cards";
import { Met } from "./KeptForm";
import { words } from "./signupWords";

export const KEY = ["signup-form"];
const LANGUAGES = ["de", "en"] as const;
const ONE_LINE = 120; // letters; more is written in a field of several lines
const TEXTS = [
  ["title", words.heading, 120],
  ["text", words.line, 500],
  ["consent", words.consent, 500],
  ["button", words.button, 60],
  ["thanks", words.thanks, 500],
] as const;

export function SignupEditor({ told }: { told: SignupAnswer }) {
  const { form, setForm, wasMet, isChanged, over, settle } = useMerged(told.form);
  const mayPublish = useMay("publish");
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: async () => {
      const now = await keptNow<SignupAnswer>("/settings/signup-form");
      return { sent: form, saved: await send<SignupAnswer>("PUT", "/settings/signup-form", over(now.form)) };
    },
    onSuccess: ({ sent, saved }) => {
      toast(words.saved);
      settle(sent, saved.form);
      queries.setQueryData(KEY, saved);
    },
  });
  const wrong = save.error instanceof ApiError ? { [save.error.field ?? ""]: save.error.message } : {};
  const [at, isAtField] = useAtField(save.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form ref={at} onSubmit={submit} noValidate>
      {save.error && !isAtField && <Failure error={save.error} retry={save.mutate} isTyped />}
      {wasMet && <Met />}
      <LookOnly right="publish">
        <Switches form={form} shouldConfirm={told.should_confirm} change={(part) => setForm({ ...form, ...part })} />
        <Card title={words.words}>
          <p className="sub">{words.wordsHint}</p>
          {LANGUAGES.map((language) => (
            <Texts
              key={language}
              language={language}
              kept={form.words[language]}
              wrong={wrong}
              change={(kept) => setForm({ ...form, words: { ...form.words, [language]: kept } })}
            />
          ))}
          {mayPublish && (
            <button type="submit" className="btn primary" disabled={!isChanged || save.isPending}>
              {save.isPending ? words.saving : words.save}
            </button>
          )}
        </Card>
      </LookOnly>
    </form>
  );
}

type SwitchProps = { form: SignupForm; shouldConfirm: boolean; change: (part: Partial<SignupForm>) => void };

function Switches({ form, shouldConfirm, change }: SwitchProps) {
  return (
    <Card title={words.title}>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.text}
      </p>
      <Toggle label={words.isOn} isOn={form.is_on} set={(is_on) => change({ is_on })} />
      <Toggle label={words.confirms} isOn={form.confirms} set={(confirms) => change({ confirms })} />
      <p className="hint" style={{ marginBlockEnd: 12 }}>
        {words.confirmsHint}
      </p>
      {shouldConfirm && !form.confirms && <p className="banner warn">{words.shouldConfirm}</p>}
      <Toggle label={words.asksName} isOn={form.asks_name} set={(asks_name) => change({ asks_name })} />
      <Toggle label={words.asksBirthday} isOn={form.asks_birthday} set={(asks_birthday) => change({ asks_birthday })} />
    </Card>
  );
}

type TextProps = {
  language: (typeof LANGUAGES)[number];
  kept: SignupWords;
  wrong: Record<string, string>;
  change: (kept: SignupWords) => void;
};

function Texts({ language, kept, wrong, change }: TextProps) {
  return (
    <fieldset lang={language} style={{ border: 0, margin: 0, padding: 0 }}>
      <legend style={{ padding: "12px 0" }}>
        <h3>{words.languages[language]}</h3>
      </legend>
      {TEXTS.map(([name, label, most]) => (
        <Field
          key={name}
          label={label}
          hint={name === "consent" ? words.consentHint : undefined}
          wrong={wrong[`words.${language}.${name}`]}
        >
          {(ids) => {
            const Box = most > ONE_LINE ? "textarea" : "input";
            return (
              <Box
                {...ids}
                className="input"
                {...(Box === "textarea" && { rows: 3 })}
                maxLength={most}
                value={kept[name]}
                onChange={(event) => change({ ...kept, [name]: event.target.value })}
              />
            );
          }}
        </Field>
      ))}
    </fieldset>
  );
}
