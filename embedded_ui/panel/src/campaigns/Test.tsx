// A campaign's message sent to oneself; loaded when it is wanted.
import type { Template } from "../builder/document";
import "../inspector/inspector.css";
import { TestSheet } from "../inspector/TestSheet";
import type { Message } from "./steps";

export default function Test({ message, close }: { message: Message; close: () => void }) {
  const about = { trigger: "manual", kind: message.message_kind ?? "marketing", offers_code: Boolean(message.coupon), in_campaign: true };
  return <TestSheet template={message.template as Template} about={about} close={close} />;
}
