// What a store's pauses and quiet hours make of a message's deadline that is shorter than they are.
import type { MessageStep } from "../builder/document";
import { type Format, secondsOf } from "../format";
import { strings } from "../strings";
import type { Settings } from "../types";
import { words } from "./words";

const said = words.message;
const HOUR = 3_600;
const CHATS = ["whatsapp", "messenger", "instagram"];

/** Give a sentence for each pause that outlasts the deadline; only marketing heeds them. */
export function shortOf(step: MessageStep, channels: string[], settings: Settings, format: Format): string[] {
  const late = step.deadline ? secondsOf(step.deadline) : 0;
  if (!late || (step.message_kind ?? "marketing") !== "marketing") return [];
  const chats = channels.filter((one) => CHATS.includes(one));
  const quiet = [
    [settings.email_quiet_hours, channels.filter((one) => one === "email")],
    [settings.sms_quiet_hours, channels.filter((one) => one === "sms")],
    [settings.chat_quiet_hours, chats],
  ] as const;
  const caps = [["email", settings.email_cap_hours], ["sms", settings.sms_cap_hours]] as const;
  return [
    ...caps
      .filter(([channel, hours]) => channels.includes(channel) && (hours ?? 0) * HOUR > late)
      .map(([channel, hours]) => said.deadlineShort[channel](format.int(hours!))),
    ...quiet
      .filter(([hours, on]) => hours && on.length > 0 && secondsIn(hours) > late)
      .map(([hours, on]) => said.deadlineQuiet(format.list(on.map((one) => said.quietOf[one] ?? strings.channels[one] ?? one)), format.clock(hours!.start), format.clock(hours!.end))),
  ];
}

/** Quiet hours go past midnight mostly. */
function secondsIn({ start, end }: { start: string; end: string }): number {
  const day = 24 * HOUR;
  return (at(end) - at(start) + day) % day;
}

function at(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * HOUR + minutes * 60;
}
