// All flows and what each of them brings in.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "../api";
import { strings } from "../strings";
import type { FlowList } from "../types";
import { FlowTable } from "../ui/FlowTable";
import { Period, usePeriod } from "../ui/Period";
import { isRecipe, Recipes } from "../ui/Recipes";
import { Failure } from "../ui/states";

export default function Flows() {
  const [days, choose] = usePeriod();
  const { data, error, refetch } = useQuery({
    queryKey: ["flows", days],
    queryFn: () => api<FlowList>(`/flows?days=${days}`),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });
  return (
    <main className="page">
      <div className="phead">
        <h1 className="grow">{strings.flows.title}</h1>
        <Period days={days} choose={choose} />
      </div>
      {error && <Failure error={error} retry={refetch} />}
      <section className="card flush" aria-label={strings.flows.title}>
        <FlowTable flows={data?.flows.filter((flow) => !isRecipe(flow))} />
      </section>
      {data?.flows.some(isRecipe) && <Recipes flows={data.flows.filter(isRecipe)} />}
    </main>
  );
}
