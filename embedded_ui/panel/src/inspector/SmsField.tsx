// What goes as a text message, and what it is billed by, counted while one types.
import { useState } from "react";
import type { AskStep, CollectStep, MessageStep } from "../builder/document";
import { useStore } from "../store";
import { Box } from "./fields";
import { Reads, useInsert } from "./Tagged";
import { frameOf, inShort, longest, segmentsOf } from "./sms";
import { words } from "./words";

const said = words.message;
type Props = { step: MessageStep | AskStep | CollectStep; set: (part: Pick<MessageStep, "template">) => void };

export function SmsField({ step, set }: Props) {
  const { format, store } = useStore();
  const kept = step.template.sms ?? "";
  const [text, type] = useState(kept);
  const [shown, show] = useState(kept);
  if (kept !== shown) {
    show(kept);
    type(kept);
  }
  const keep = () => text !== kept && set({ template: { ...step.template, sms: text.trim() || undefined } });
  const isFramed = step.message_kind !== "transactional" && Boolean(text.trim());
  const { before, after } = frameOf(text, store);
  const { units, count, room, foreign } = segmentsOf(inShort(isFramed ? longest(text, store) : text, store.link_length));
  const { aside, caret } = useInsert("template.sms", said.sms, text, type);
  return (
    <Box name="template.sms" label={said.sms} hint={said.smsHint} aside={aside}>
      {(ids) => (
        <>
          <textarea {...ids} {...caret} className="input" rows={4} maxLength={2000} value={text} onChange={(event) => type(event.target.value)} onBlur={keep} />
          <Reads text={text} />
          <output className="hint num" htmlFor={ids.id}>
            {said.segments(count, format.int(count), format.int(units), format.int(room))}
            {foreign.length > 0 && ` ${said.foreign(format.list(foreign.slice(0, 5)))}`}
          </output>
          {isFramed && (before || after) && <p className="hint">{said.framed(`${before}…${after}`)}</p>}
        </>
      )}
    </Box>
  );
}
