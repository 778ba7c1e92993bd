// For whom a block is shown: everybody, or those of whom something is known.
import { useState } from "react";
import type { Block } from "./blocks";
import { useEditing } from "./context";
import { labelOf } from "./labels";
import { Line } from "./Line";
import { Labelled } from "./parts";
import { words } from "./words";

const OWN = "(own)";

export function When({ block, set }: { block: Block; set: (part: Partial<Block>, field: string) => void }) {
  const { tags } = useEditing();
  const when = block.when ?? null;
  const known = tags?.conditions ?? [];
  const isOwn = when !== null && !known.some((condition) => condition.name === when);
  const [isWriting, write] = useState(false);
  const choose = (value: string) => {
    write(value === OWN);
    if (value !== OWN) set({ when: value || null }, "when");
  };
  return (
    <>
      <Labelled label={words.when} block={block.id} field={isOwn || isWriting ? "when-kind" : "when"}>
        {(ids) => (
          <select
            {...ids}
            className="input"
            value={isOwn || isWriting ? OWN : (when ?? "")}
            onChange={(event) => choose(event.target.value)}
          >
            <option value="">{words.always}</option>
            {known.map((condition) => (
              <option key={condition.name} value={condition.name}>
                {labelOf(words.conditionLabels, condition)}
              </option>
            ))}
            <option value={OWN}>{words.ownCondition}</option>
          </select>
        )}
      </Labelled>
      {(isOwn || isWriting) && (
        <Line
          label={words.ownCondition}
          block={block.id}
          field="when"
          hasTags={false}
          hint={words.whenHint}
          value={isOwn ? when : ""}
          change={(text) => set({ when: text || null }, "when")}
        />
      )}
    </>
  );
}
