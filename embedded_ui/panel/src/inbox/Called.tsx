// Why a rule called a person here, or would have, and the word of whoever answers on whether it was right.
import { Check } from "lucide-react";
import { useStore } from "../store";
import type { RuleCall } from "../types";
import { words } from "./words";

/** `isSaid`: its reason stands above already, with who has the conversation. */
type Props = { call: RuleCall; isSaid: boolean; mayJudge: boolean; isBusy: boolean; judge: (verdict: "right" | "not_needed") => void };

const VERDICTS = ["right", "not_needed"] as const;

export function Called({ call, isSaid, mayJudge, isBusy, judge }: Props) {
  const { format } = useStore();
  const came = call.is_trial ? words.wouldHave[call.came_to] : words.cameTo[call.came_to];
  return (
    <section aria-labelledby="called">
      <h2 id="called">{words.called}</h2>
      {call.why && !isSaid && <p>{call.why}</p>}
      <p className="small sub">
        {words.calledAt(came ?? "", format.moment(call.at))}
      </p>
      <div className="inline" role="group" aria-label={words.called}>
        {VERDICTS.map((verdict) => (
          <button
            key={verdict}
            type="button"
            className="btn"
            aria-pressed={call.verdict === verdict}
            disabled={!mayJudge || isBusy}
            onClick={() => judge(verdict)}
          >
            {call.verdict === verdict && <Check size={14} aria-hidden />}
            {words.verdicts[verdict]}
          </button>
        ))}
      </div>
      <p className="hint">{words.notNeededHint}</p>
    </section>
  );
}
