// What came of each variant of a split, and picking one for everybody.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Trophy } from "lucide-react";
import { useState } from "react";
import { send, toast } from "../api";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { Branch, Flow, FlowStatus, Step, VariantFigures } from "../types";
import { Failure } from "../ui/states";
import { OwnPick } from "./OwnPick";

const words = strings.flow;
const labels = words.figures;

export function Variants({ flow, step }: { flow: Flow; step: Step }) {
  const [asked, ask] = useState<string | null>(null);
  const pick = usePick(flow, step.id, () => ask(null));
  const mayPublish = useMay("publish");
  const branches = step.branches ?? [];
  return (
    <>
      {step.test && <OwnPick test={step.test} />}
      <h3>{words.variants}</h3>
      <p className="sub small">{words.variantsOf}</p>
      {branches.map((branch) => (
        <Variant key={branch.key} branch={branch} choose={mayPublish ? () => ask(branch.key) : undefined} />
      ))}
      {step.picked === "by hand" && <p className="sub small">{words.byHand}</p>}
      {mayPublish && branches.some((branch) => branch.won) && (
        <button type="button" className="btn" disabled={pick.isPending} onClick={() => pick.mutate(null)}>
          {words.unpick}
        </button>
      )}
      {Boolean(pick.error) && asked === null && <Failure error={pick.error} retry={() => pick.mutate(null)} />}
      <AlertDialog.Root open={asked !== null} onOpenChange={(open) => !open && ask(null)}>
        <AlertDialog.Portal>
          <AlertDialog.Backdrop className="backdrop" />
          <AlertDialog.Popup className="dialog">
            <AlertDialog.Title>{words.pickTitle((asked ?? "").toUpperCase())}</AlertDialog.Title>
            <AlertDialog.Description>{words.pickText}</AlertDialog.Description>
            {Boolean(pick.error) && <Failure error={pick.error} retry={() => pick.mutate(asked)} />}
            <div className="inline">
              <AlertDialog.Close className="btn">{words.cancel}</AlertDialog.Close>
              <button type="button" className="btn primary" disabled={pick.isPending} onClick={() => pick.mutate(asked)}>
                {words.pick}
              </button>
            </div>
          </AlertDialog.Popup>
        </AlertDialog.Portal>
      </AlertDialog.Root>
    </>
  );
}

function usePick(flow: Flow, stepId: string, close: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (variant: string | null) =>
      send<FlowStatus>("PUT", `/flows/${flow.id}/splits/${stepId}/winner`, { variant }),
    onSuccess: async (_, variant) => {
      toast(variant === null ? words.unpicked : words.picked);
      close();
      await queries.invalidateQueries();
    },
  });
}

function Variant({ branch, choose }: { branch: Branch; choose: (() => void) | undefined }) {
  const { format } = useStore();
  const label = words.variant(branch.key, format.share(branch.weight ?? 0));
  return (
    <section className="arm" aria-label={label}>
      <div className="armh">
        <b>{label}</b>
        {branch.won ? (
          <span className="badge ok">
            <Trophy size={12} aria-hidden />
            {words.won}
          </span>
        ) : (
          choose && (
            <button type="button" className="btn" onClick={choose}>
              {words.pick}
            </button>
          )
        )}
      </div>
      {branch.figures && <Came figures={branch.figures} />}
    </section>
  );
}

function Came({ figures }: { figures: VariantFigures }) {
  const { format } = useStore();
  const { entered, sent, opened, clicked, orders, revenue, rate } = figures;
  const ofSent = (count: number) =>
    sent ? words.ofSent(format.int(count), format.percent(count / sent)) : format.int(count);
  const lines: [string, string][] = [
    [strings.flows.columns.entered, format.int(entered)],
    [labels.sent, format.int(sent)],
    [labels.opened, ofSent(opened)],
    [labels.clicked, ofSent(clicked)],
    [labels.ordered, format.int(orders)],
    [words.rate, rate === null ? "–" : format.percent(rate)],
    [labels.revenue, format.money(revenue)],
  ];
  return (
    <dl className="st num">
      {lines.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
