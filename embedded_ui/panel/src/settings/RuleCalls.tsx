// How often each rule called a person and was right, and which of them are on trial.
import { useQuery } from "@tanstack/react-query";
import { api } from "../api";
import { useStore } from "../store";
import type { ConversationSettings, Counts, HandOverRule, HandOverRules } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { Card, Toggle } from "./cards";
import type { Parts } from "./handover-cards";
import { words } from "./handover-words";

type Trial = ConversationSettings["on_trial"][number];

export function RuleCalls({ form, change }: Parts) {
  const asked = useQuery({
    queryKey: ["settings", "conversations", "rules"],
    queryFn: () => api<HandOverRules>("/settings/conversations/rules"),
  });
  const set = (rule: Trial, isOn: boolean) =>
    change({ on_trial: isOn ? [...form.on_trial, rule] : form.on_trial.filter((one) => one !== rule) });
  return (
    <Card title={words.rules}>
      <p className="sub">{words.rulesText(asked.data?.days ?? 90)}</p>
      {asked.error && <Failure error={asked.error} retry={asked.refetch} isOld={Boolean(asked.data)} />}
      {!asked.data && !asked.error && <RowSkeletons rows={6} />}
      <ul className="rulecalls">
        {asked.data?.rules.map((rule) => {
          const name = rule.rule as Trial; // It is one where it may be on trial: elsewhere nothing sets it.
          return (
            <Rule key={name} rule={rule} isOnTrial={form.on_trial.includes(name)} set={(isOn) => set(name, isOn)} />
          );
        })}
      </ul>
    </Card>
  );
}

type RuleProps = { rule: HandOverRule; isOnTrial: boolean; set: (isOn: boolean) => void };

function Rule({ rule, isOnTrial, set }: RuleProps) {
  const { did, tried } = rule;
  return (
    <li>
      <div className="grow">
        <h3>{rule.name}</h3>
        {(total(did) > 0 || total(tried) === 0) && <Told counts={did} words={words.did} />}
        {total(tried) > 0 && <Told counts={tried} words={words.tried} />}
      </div>
      {rule.may_try && <Toggle label={words.onTrial} about={rule.name} isOn={isOnTrial} set={set} />}
    </li>
  );
}

const total = (counts: Counts) => counts.handed_over + counts.offered + counts.over_limit;

function Told({ counts, words: said }: { counts: Counts; words: typeof words.did }) {
  const { format } = useStore();
  if (total(counts) === 0) return <p className="sub small">{words.never}</p>;
  const { share, low, high } = counts;
  const parts = [
    said.handedOver(format.int(counts.handed_over)),
    counts.offered > 0 && said.offered(format.int(counts.offered)),
    counts.over_limit > 0 && said.overLimit(format.int(counts.over_limit)),
  ];
  return (
    <>
      <p className="sub small">{parts.filter(Boolean).join(" · ")}</p>
      <p className="small">
        {share === null || low === null || high === null
          ? words.notJudged
          : words.right(format.share(share), format.share(low), format.share(high), format.int(counts.judged))}
      </p>
    </>
  );
}
