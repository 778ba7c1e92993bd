// The cards of how conversations are handed over: by which rules, within what time, and who is told.
import { useState } from "react";
import type { ConversationSettings } from "../types";
import { Card, Field, NumberField, Toggle } from "./cards";
import { words } from "./handover-words";

export type Parts = {
  form: ConversationSettings;
  change: (part: Partial<ConversationSettings>) => void;
  /** What the server found wrong with a field. */
  wrong: (name: string) => string | undefined;
};

const USUAL_MINUTES = 30;
const USUAL_HOURS = 24;

export function TakingOver({ form, change, wrong }: Parts) {
  return (
    <Card title={words.takingOver}>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.takingOverText}
      </p>
      <Toggle label={words.automatic} isOn={form.is_automatic} set={(isOn) => change({ is_automatic: isOn })} />
      <p className="hint" style={{ marginBlockEnd: 12 }}>
        {words.automaticHint}
      </p>
      {form.is_automatic && (
        <NumberField
          label={words.mostAnHour}
          hint={words.mostAnHourHint}
          value={form.most_an_hour}
          wrong={wrong("most_an_hour")}
          change={(count) => change({ most_an_hour: count ?? 0 })}
        />
      )}
      <Lines
        label={words.ownWords}
        hint={words.ownWordsHint}
        wrong={wrong("own_words")}
        value={form.own_words}
        change={(own_words) => change({ own_words })}
      />
    </Card>
  );
}

export function Promises({ form, change, wrong }: Parts) {
  return (
    <Card title={words.promises}>
      <Toggle
        label={words.answer}
        isOn={form.answer_minutes !== null}
        set={(isOn) => change({ answer_minutes: isOn ? USUAL_MINUTES : null })}
      />
      {form.answer_minutes !== null && (
        <NumberField
          label={words.answerMinutes}
          hint={words.answerHint}
          value={form.answer_minutes}
          wrong={wrong("answer_minutes")}
          change={(minutes) => change({ answer_minutes: minutes ?? 0 })}
        />
      )}
      <Toggle
        label={words.back}
        isOn={form.back_hours !== null}
        set={(isOn) => change({ back_hours: isOn ? USUAL_HOURS : null })}
      />
      {form.back_hours !== null && (
        <NumberField
          label={words.backHours}
          hint={words.backHint}
          value={form.back_hours}
          wrong={wrong("back_hours")}
          change={(hours) => change({ back_hours: hours ?? 0 })}
        />
      )}
    </Card>
  );
}

export function Alerts({ form, change, wrong }: Parts) {
  const addresses = [
    ["slack_url", words.slack, words.slackHint],
    ["webhook_url", words.webhook, words.webhookHint],
  ] as const;
  return (
    <Card title={words.alerts}>
      <Lines
        label={words.emails}
        hint={words.emailsHint}
        wrong={wrong("emails")}
        value={form.emails}
        change={(emails) => change({ emails })}
      />
      {addresses.map(([name, label, hint]) => (
        <Field key={name} label={label} hint={hint} wrong={wrong(name)}>
          {(ids) => (
            <input
              {...ids}
              className="input"
              type="url"
              autoComplete="off"
              spellCheck={false}
              value={form[name] ?? ""}
              onChange={(event) => change({ [name]: event.target.value.trim() || null })}
            />
          )}
        </Field>
      ))}
    </Card>
  );
}

type LinesProps = {
  label: string;
  hint: string;
  wrong?: string;
  value: readonly string[];
  change: (value: string[]) => void;
};

/** Several short texts, a line each; keeps what is typed as it is typed. */
function Lines({ label, hint, wrong, value, change }: LinesProps) {
  const [text, setText] = useState(value.join("\n"));
  return (
    <Field label={label} hint={hint} wrong={wrong}>
      {(ids) => (
        <textarea
          {...ids}
          className="input"
          rows={3}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            const lines = event.target.value.split("\n").map((line) => line.trim());
            change(lines.filter(Boolean));
          }}
        />
      )}
    </Field>
  );
}
