// A condition in words, where it cannot be edited.
import type { Test } from "./condition";
import { useSentence } from "./sentence";

export const Said = ({ value, facts }: { value: Test; facts: string }) => <p className="sub">{useSentence(value, facts)}</p>;
