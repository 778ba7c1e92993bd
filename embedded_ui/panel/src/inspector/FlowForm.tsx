// The flow as a whole: its name, what ends it, and who may be written to.
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Exit, FlowDocument } from "../builder/document";
import { strings } from "../strings";
import { ConditionField } from "./Condition";
import { heard } from "./events";
import { Cross, Group, Select, TextField } from "./fields";
import { words } from "./words";

const said = words.flow;
type Props = { document: FlowDocument; isReadOnly: boolean; change: (document: FlowDocument, said: string) => void };
const eventOf = (exit: Exit) => (typeof exit === "string" ? exit : exit.event);

export function FlowForm({ document, isReadOnly, change }: Props) {
  return (
    <>
      <TextField
        name="name"
        label={said.name}
        value={document.name}
        keep={(name) => name && change({ ...document, name }, words.changed(said.name))}
      />
      <Exits document={document} isReadOnly={isReadOnly} change={change} />
      <ConditionField
        name="filter"
        label={said.filter}
        hint={said.filterHint}
        facts={document.trigger.event}
        value={document.filter ?? null}
        keep={(filter) => change({ ...document, filter }, words.changed(said.filter))}
      />
    </>
  );
}

function Exits({ document, isReadOnly, change }: Props) {
  const exits = document.exits ?? [];
  const put = (next: Exit[]) => change({ ...document, exits: next }, words.changed(said.exits));
  const taken = exits.map(eventOf);
  const free = heard().filter(([event]) => !taken.includes(event));
  return (
    <>
      <Group name="exits" label={said.exits} hint={said.exitsHint}>
        <ul className="rows2">
          {exits.map((exit, place) => (
            <li key={eventOf(exit)}>
              <span>{strings.flow.happenings[eventOf(exit)] ?? eventOf(exit)}</span>
              <Cross label={words.drop(strings.flow.happenings[eventOf(exit)] ?? eventOf(exit))} act={() => put(exits.filter((_, at) => at !== place))} />
              <Narrowed
                exit={exit}
                place={place}
                isReadOnly={isReadOnly}
                facts={document.trigger.event}
                put={(next) => put(exits.map((one, at) => (at === place ? next : one)))}
              />
            </li>
          ))}
        </ul>
      </Group>
      {!isReadOnly && (
        <Select
          name="exits-new"
          label={said.addExit}
          value=""
          options={[["", words.choose], ...free]}
          keep={(event) => event && put([...exits, event])}
        />
      )}
    </>
  );
}

type NarrowedProps = { exit: Exit; place: number; isReadOnly: boolean; facts: string; put: (exit: Exit) => void };

function Narrowed({ exit, place, isReadOnly, facts, put }: NarrowedProps) {
  const event = eventOf(exit);
  const [isOpen, open] = useState(false);
  const filter = typeof exit === "string" ? null : (exit.filter ?? null);
  if (filter || isOpen) {
    return (
      <ConditionField
        name={`exits.${place}.filter`}
        label={said.exitFilter(strings.flow.happenings[event] ?? event)}
        facts={facts}
        value={filter}
        keep={(next) => put(next ? { event, filter: next } : event)}
      />
    );
  }
  if (isReadOnly) return null;
  return (
    <button type="button" className="btn plain small" onClick={() => open(true)}>
      <Plus size={14} aria-hidden />
      {said.exitNarrow}
    </button>
  );
}
