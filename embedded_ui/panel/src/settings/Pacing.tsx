// How often messages go out, at what hours, and what a STOP by text ends.
import type { Settings } from "../types";
import { Card, Field, NumberField, type PartProps, Toggle } from "./cards";
import { words } from "./form-words";

const CAPS = [
  { name: "email_cap_hours", label: words.cap, hours: words.capHours, usual: 16 },
  { name: "sms_cap_hours", label: words.smsCap, hours: words.smsCapHours, usual: 24 },
] as const;
const NIGHTS = [
  { name: "email_quiet_hours", label: words.quiet, usual: { start: "21:00", end: "08:00" } },
  { name: "sms_quiet_hours", label: words.smsQuiet, usual: { start: "20:00", end: "09:00" }, note: words.smsQuietHint },
  { name: "chat_quiet_hours", label: words.chatQuiet, usual: { start: "21:00", end: "08:00" } },
] as const;
const ENDS = [
  ["start", words.from],
  ["end", words.until],
] as const;

export function Pacing(props: PartProps) {
  const { form, change } = props;
  return (
    <Card title={words.pacingTitle}>
      {CAPS.map((cap) => (
        <Cap key={cap.name} cap={cap} {...props} />
      ))}
      <p className="hint" style={{ marginBlockEnd: 12 }}>
        {words.capHint}
      </p>
      {NIGHTS.map((night) => (
        <Night key={night.name} night={night} {...props} />
      ))}
      <p className="hint" style={{ marginBlockEnd: 12 }}>
        {words.quietHint}
      </p>
      <Toggle label={words.stopForAll} isOn={form.stop_ends_all_texts} set={(isOn) => change({ stop_ends_all_texts: isOn })} />
      <p className="hint">{words.stopForAllHint}</p>
    </Card>
  );
}

function Cap({ cap: { name, label, hours, usual }, form, change, wrong }: PartProps & { cap: (typeof CAPS)[number] }) {
  const set = (value: number | null) => change({ [name]: value } as Partial<Settings>);
  const value = form[name];
  return (
    <>
      <Toggle label={label} isOn={value !== null} set={(isOn) => set(isOn ? usual : null)} />
      {value !== null && <NumberField label={hours} value={value} wrong={wrong[name]} change={(told) => set(told ?? 0)} />}
    </>
  );
}

type NightProps = PartProps & { night: { name: (typeof NIGHTS)[number]["name"]; label: string; usual: { start: string; end: string }; note?: string } };

function Night({ night: { name, label, usual, note }, form, change, wrong }: NightProps) {
  const hours = form[name];
  const set = (told: typeof hours) => change({ [name]: told } as Partial<Settings>);
  return (
    <>
      <Toggle label={label} isOn={hours !== null} set={(isOn) => set(isOn ? usual : null)} />
      {hours && (
        <div className="inline" role="group" aria-label={label} style={{ alignItems: "flex-start", gap: 16 }}>
          {ENDS.map(([end, said]) => (
            <Field key={end} label={said} wrong={wrong[`${name}.${end}`]}>
              {(ids) => (
                <input {...ids} className="input" type="time" value={hours[end]} onChange={(event) => set({ ...hours, [end]: event.target.value })} />
              )}
            </Field>
          ))}
        </div>
      )}
      {note && (
        <p className="hint" style={{ marginBlockEnd: 12 }}>
          {note}
        </p>
      )}
    </>
  );
}
