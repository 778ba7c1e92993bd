// What goes as a chat message: words with a counter, buttons and product cards, as they will look.
import { useState } from "react";
import type { ChatButton, ChatWords, Template } from "../builder/document";
import { Picker } from "../conditions/Picker";
import { useStore } from "../store";
import { strings } from "../strings";
import { chatsOf, LIMITS, roomOf } from "./chat";
import { Box, Cross, Group, Select, TextField } from "./fields";
import { TaggedField, useInsert, useReading } from "./Tagged";
import { Add } from "./WayForms";
import { words } from "./words";

const said = words.chat;
type Props = {
  template: Template;
  channels: string[];
  /** What its question's answers say; a message that asks nothing has buttons of its own. */
  answers?: string[];
  keep: (template: Template) => void;
};

export function ChatField({ template, channels, answers, keep }: Props) {
  const chat = template.chat ?? { text: "" };
  const put = (part: Partial<ChatWords>) => keep({ ...template, chat: { ...chat, ...part } });
  return (
    <>
      <Words chat={chat} channels={channels} answers={answers} put={put} />
      {!answers && <Buttons chat={chat} put={put} />}
      <Cards chat={chat} put={put} />
    </>
  );
}

type PartProps = { chat: ChatWords; put: (part: Partial<ChatWords>) => void };

function Words({ chat, channels, answers, put }: PartProps & Pick<Props, "channels" | "answers">) {
  const { format } = useStore();
  const [text, type] = useState(chat.text);
  const [shown, show] = useState(chat.text);
  if (chat.text !== shown) {
    show(chat.text);
    type(chat.text);
  }
  const room = roomOf(text, channels);
  const { aside, caret } = useInsert("template.chat", said.text, text, type);
  return (
    <>
      <Box name="template.chat" label={said.text} hint={said.hint} aside={aside}>
        {(ids) => (
          <>
            <textarea
              {...ids}
              {...caret}
              className="input"
              rows={4}
              maxLength={5000}
              value={text}
              onChange={(event) => type(event.target.value)}
              onBlur={() => text !== chat.text && put({ text })}
            />
            {room && (
              <output className={room.used > room.most ? "wrong num" : "hint num"} htmlFor={ids.id}>
                {said.count(format.int(room.used), format.int(room.most), strings.channels[room.channel] ?? room.channel)}
              </output>
            )}
          </>
        )}
      </Box>
      <Bubble text={text} chat={chat} channels={channels} answers={answers} />
    </>
  );
}

/** Show it as the customer's phone does. */
function Bubble({ text, chat, channels, answers }: { text: string; chat: ChatWords } & Pick<Props, "channels" | "answers">) {
  const reading = useReading();
  const labels = answers ?? (chat.buttons ?? []).map(({ label }) => label);
  const opens = !answers && (chat.buttons ?? []).some(({ url }) => url);
  const limits = chatsOf(channels).map((one) => LIMITS[one]!);
  const hasRoom = limits.some((one) => labels.length < (opens ? one.buttons : labels.length > one.replies && one.rows ? one.rows : one.replies));
  const shown = [...labels.filter(Boolean), ...(hasRoom ? [said.agent] : [])];
  return (
    <div className="bubble" role="img" aria-label={said.preview([reading(text), ...shown].filter(Boolean).join(". "))}>
      <p>{reading(text) || said.empty}</p>
      {chat.cards && <span className="card">{said.cardsOf[chat.cards]}</span>}
      {shown.map((label, at) => (
        <span key={`${at}-${label}`} className="tap">{reading(label)}</span>
      ))}
    </div>
  );
}

function Buttons({ chat, put }: PartProps) {
  const buttons = chat.buttons ?? [];
  const set = (at: number, part: Partial<ChatButton>) =>
    put({ buttons: buttons.map((one, place) => (place === at ? { ...one, ...part } : one)) });
  return (
    <>
      <Group name="template.chat.buttons" label={said.buttons} hint={said.buttonsHint}>
        <ul className="rows2">
          {buttons.map((one, at) => (
            <li key={at} className="own">
              <TaggedField name={`template.chat.buttons.${at}.label`} label={said.label(at + 1)} value={one.label} maxLength={40} keep={(label) => set(at, { label })} />
              <Cross label={words.drop(one.label || said.label(at + 1))} act={() => put({ buttons: buttons.filter((_, place) => place !== at) })} />
              <TextField
                name={`template.chat.buttons.${at}.url`}
                label={said.url}
                hint={said.urlHint}
                value={one.url ?? ""}
                maxLength={2000}
                keep={(url) => set(at, { url: url || undefined })}
              />
            </li>
          ))}
        </ul>
      </Group>
      <Add label={said.addButton} act={() => put({ buttons: [...buttons, { label: "" }] })} />
    </>
  );
}

function Cards({ chat, put }: PartProps) {
  const options = [["", said.noCards], ...(["cart", "recommended", "picked"] as const).map((one) => [one, said.cardsOf[one]] as const)] as const;
  const keep = (cards: string) => put({ cards: (cards || undefined) as ChatWords["cards"], products: cards === "picked" ? chat.products : undefined });
  return (
    <>
      <Select name="template.chat.cards" label={said.cards} value={chat.cards ?? ""} options={options} keep={keep} />
      {chat.cards === "picked" && (
        <Group name="template.chat.products" label={said.products}>
          <Picker of="products" label={said.products} isMany values={chat.products ?? []} choose={(products) => put({ products })} />
        </Group>
      )}
    </>
  );
}
