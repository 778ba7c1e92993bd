// What is at stake, and the rescue of those who are still warm.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { PiggyBank } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { api, send } from "../api";
import { to } from "../place";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { Import, Intake, Stake } from "../types";
import { Failure } from "../ui/states";
import { words } from "./words";

/** Whom a rescue lets in, and of how many the flow stays silent: more enter than may be written to. */
type Entered = { all: number; silent: number };
const STEP = 700; // ms between looks at an intake under way

export function StakeCard() {
  const [rescued, setRescued] = useState<Entered | null>(null);
  // Whoever asked is answered, also when nobody is left to be written to by then.
  const [isAsked, setAsked] = useState(false);
  const { store, format } = useStore();
  const mayPublish = useMay("publish");
  const isReading = isReadingCarts(store.imports);
  const { data, error, refetch } = useQuery({
    queryKey: ["stake", isReading],
    queryFn: () => api<Stake>("/setup/stake"),
    refetchInterval: isReading ? 3_000 : 60_000,
  });
  const again = async () => (await refetch()).data ?? data!;
  if (!data) return error ? <Failure error={error} retry={refetch} /> : null;
  const int = format.int;
  return (
    <section className="card stake" aria-labelledby="stake">
      <div className="inline" style={{ flexWrap: "nowrap", alignItems: "flex-start", gap: 12 }}>
        <span className="ic" style={{ background: "var(--ok-soft)", color: "var(--ok)" }}>
          <PiggyBank size={16} aria-hidden />
        </span>
        <div className="grow">
          <h2 id="stake">
            {data.carts ? words.stakeTitle(data.carts, int(data.carts), format.roundMoney(data.value))
            : isReading ? words.stakeReading
            : words.stakeNone}
          </h2>
          {isReading && <p className="sub">{data.carts ? words.stakeReading : words.stakeWait}</p>}
          {data.carts > 0 && <p className="sub">{words.stakeDays(int(data.days))}</p>}
          {data.warm.carts > 0 && (
            <>
              <p>{words.warm(int(data.warm_days), data.warm.carts, int(data.warm.carts), format.roundMoney(data.warm.value))}</p>
              <ul className="plainlist sub">
                <li>{words.reachable(data.reachable.carts, int(data.reachable.carts), format.roundMoney(data.reachable.value))}</li>
                {data.not_reachable.map((part) => (
                  <li key={part.reason}>{words.why[part.reason]?.(part.carts, int(part.carts)) ?? part.reason}</li>
                ))}
              </ul>
              {data.not_reachable.some(({ reason }) => reason === "no_consent") && (
                <p><Link className="link" href={to("/settings")}>{strings.dashboard.whoGets}</Link></p>
              )}
            </>
          )}
          <div role="status">{rescued && <p>{words.rescued(rescued.all, int(rescued.all))} <Silent count={rescued.silent} /></p>}</div>
          {mayPublish && data.flow_id && (data.reachable.carts > 0 || isAsked) && !(rescued && !data.reachable.carts) && (
            <Rescue flowId={data.flow_id} stake={data} again={again} asked={() => setAsked(true)} rescued={setRescued} />
          )}
        </div>
      </div>
    </section>
  );
}

/** Before all carts are here, none that was found says nothing. They may not have been begun with yet. */
function isReadingCarts(imports: Import[]): boolean {
  const isOn = ({ state }: Import) => state === "waiting" || state === "running";
  const carts = imports.find(({ noun }) => noun === "cart");
  return carts ? isOn(carts) : imports.some(isOn);
}

function Silent({ count }: { count: number }) {
  const { format } = useStore();
  return count > 0 && words.silent(count, format.int(count));
}

type RescueProps = { flowId: string; stake: Stake; again: () => Promise<Stake>; asked: () => void; rescued: (entered: Entered) => void };

const countsOf = ({ warm, reachable }: Stake) => `${warm.carts} ${reachable.carts}`;

/** Counts first by a rehearsal, lets in once it is clear how many that are. */
function Rescue({ flowId, stake, again, asked, rescued }: RescueProps) {
  const reachable = stake.reachable.carts;
  const { format } = useStore();
  const queries = useQueryClient();
  const begin = async (isRehearsal: boolean) => {
    let intake = await send<Intake>("POST", `/flows/${flowId}/backfill`, { days: stake.warm_days, dry_run: isRehearsal });
    while (intake.state === "waiting" || intake.state === "running") {
      await new Promise((resolve) => setTimeout(resolve, STEP));
      intake = await api<Intake>(`/intakes/${intake.id}`);
    }
    return intake;
  };
  // What the card says above is asked again with it: the two are of one moment.
  const rehearse = useMutation({
    onMutate: asked,
    mutationFn: async () => {
      const { entered } = await begin(true);
      return { entered, of: countsOf(await again()) };
    },
  });
  const rescue = useMutation({
    mutationFn: () => begin(false),
    onSuccess: async ({ entered }) => {
      rescued({ all: entered, silent: entered - reachable });
      await queries.invalidateQueries({ queryKey: ["stake"] });
    },
  });
  const failed = rehearse.error ?? rescue.error;
  const found = rehearse.data?.of === countsOf(stake) ? rehearse.data : undefined;
  return (
    <div style={{ marginBlockStart: 12 }}>
      <p className="sub small" style={{ marginBlockEnd: 8 }}>
        {words.rescueText}
      </p>
      {Boolean(failed) && <Failure error={failed} retry={() => rehearse.mutate()} />}
      <div role="status">
        {found && !rescue.data && (
          <p>
            {found.entered ? words.rehearsed(found.entered, format.int(found.entered)) : words.nobody} <Silent count={found.entered - reachable} />
          </p>
        )}
      </div>
      {!found && !rescue.data && (
        <button type="button" className="btn" disabled={rehearse.isPending} onClick={() => rehearse.mutate()}>
          {rehearse.isPending ? words.counting : words.rescue}
        </button>
      )}
      {found && found.entered > 0 && !rescue.data && (
        <button type="button" className="btn primary" disabled={rescue.isPending} onClick={() => rescue.mutate()}>
          {words.rescueGo(format.int(found.entered))}
        </button>
      )}
    </div>
  );
}
