// One fact of those that the trigger brings, by its plain name.
import { subjectsOf, subjectWord, useVocabulary } from "../conditions/vocabulary";
import { words as asked } from "../conditions/words";
import { type Option, Select } from "./fields";
import { words } from "./words";

type Props = {
  name: string;
  label: string;
  hint?: string;
  facts: string;
  /** Only facts of these kinds; none: all. */
  kinds?: string[];
  value: string;
  keep: (field: string) => void;
};
const FIELD = "field:";

export function FactSelect({ name, label, hint, facts, kinds, value, keep }: Props) {
  const { data } = useVocabulary(facts);
  const fit = new Set(data?.fields.filter(({ kind, field }) => !field.endsWith(".") && (!kinds || kinds.includes(kind))).map(({ field }) => field));
  const groups = (data ? subjectsOf(data, FIELD + value) : [])
    .map(({ heading, subjects }) => ({
      label: asked.headings[heading] ?? heading,
      options: subjects.map((subject) => [subject.slice(FIELD.length), subjectWord(subject)] as const).filter(([field]) => fit.has(field)),
    }))
    .filter(({ options }) => options.length > 0);
  const own: Option[] = fit.has(value) ? [] : [[value, value ? subjectWord(FIELD + value) : words.choose]];
  return <Select name={name} label={label} hint={hint} value={value} options={own.length ? [{ label: words.choose, options: own }, ...groups] : groups} keep={keep} />;
}
