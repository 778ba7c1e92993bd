// Whom a campaign is for: to be changed until it begins; whom each channel reaches, who is left out why.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { keptNow, sendOver, toast } from "../api";
import { isSame } from "../same";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { Audience as Counted, Campaign, PanelCampaign, Reached } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { AimSelect } from "./AimSelect";
import { aimOf } from "./aim";
import { words } from "./words";

const says = words.one;
type Props = { campaign: PanelCampaign; counted: Counted | undefined; error: unknown; retry: () => void };

export function Audience({ campaign, counted, error, retry }: Props) {
  const { format } = useStore();
  const mayEdit = useMay("edit");
  const change = useChange(campaign);
  const isNamed = campaign.aim.kind === "customers";
  return (
    <section className="card" aria-labelledby="aim">
      <h2 id="aim">{says.to}</h2>
      {isNamed || !mayEdit ? (
        <p>{aimOf(campaign, format)}</p>
      ) : (
        <div className="field" style={{ marginBlock: 8 }}>
          <AimSelect
            label={says.change}
            value={campaign.aim.id ?? ""}
            choose={(segment) => change.mutate(segment ? { segment } : { everyone: true })}
          />
        </div>
      )}
      {change.error instanceof Met && (
        <p className="wrong" role="alert">
          {says.aimMet}
        </p>
      )}
      {change.error && !(change.error instanceof Met) && <Failure error={change.error} retry={() => change.reset()} />}
      {Boolean(error) && !counted && <Failure error={error} retry={retry} />}
      {!counted && !error && <RowSkeletons rows={3} height={32} />}
      {counted?.building && (
        <p className="num" role="status">
          {says.building(format.int(counted.customers))}
        </p>
      )}
      {counted && !counted.building && (
        <>
          <p className="num">{says.people(counted.customers, format.int(counted.customers))}</p>
          {counted.channels.map((one) => (
            <Channel key={one.channel} one={one} of={counted.customers} />
          ))}
          <p className="hint">{says.atSending}</p>
        </>
      )}
    </section>
  );
}

/** Somebody else chose whom it is for after it was shown here. */
class Met extends Error {}

function useChange(campaign: PanelCampaign) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (source: Record<string, unknown>) => {
      const path = `/campaigns/${campaign.id}`;
      // What others wrote of it meanwhile stays; whom they chose is not chosen over unseen.
      const { document, revision } = await keptNow<PanelCampaign>(path);
      if (!isSame(document.source, campaign.document.source)) throw new Met();
      return sendOver<Campaign>("PUT", path, { ...document, source }, revision);
    },
    onSuccess: () => toast(says.changed),
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: ["campaign", campaign.id] });
      await queries.invalidateQueries({ queryKey: ["campaigns"] });
    },
  });
}

function Channel({ one, of }: { one: Reached; of: number }) {
  const { format } = useStore();
  const name = strings.channels[one.channel] ?? one.channel;
  return (
    <div style={{ marginBlockStart: 12 }}>
      <h3>
        {says.reached(name, format.int(one.reached))}{" "}
        {!one.planned && <span className="sub small">({says.unused})</span>}
      </h3>
      <span className="bar" aria-hidden>
        <i style={{ inlineSize: `${of ? (100 * one.reached) / of : 0}%` }} />
      </span>
      {one.planned && (
        <>
          <h4 className="sub small">{one.left_out.length ? says.leftOut : says.nobodyLeftOut}</h4>
          <ul className="rows small">
            {one.left_out.map(({ reason, count }) => (
              <li key={reason} className="between">
                <span>{strings.reasons[reason] ?? reason}</span>
                <span className="num">{format.int(count)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
