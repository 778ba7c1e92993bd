// A campaign's message sent to oneself; loaded when it is wanted.
import type { Template } from "../builder/document";
import "../inspector/inspector.css";
import { TestSheet } from "../inspector/TestSheet";
import type { Message } from "./steps";

export default function Test({ message, close }: { message: Message; close: () => void }) {
  return <TestSheet template={message.template as Template} trigger="manual" kind={message.message_kind ?? "marketing"} close={close} />;
}
