// From installed to a live cart flow, on one page.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { ApiError, api, keptNow, send, toast } from "../api";
import { BrandCard } from "../brand/BrandCard";
import { PlatformMails } from "../settings/Brand";
import { Sender } from "../settings/cards";
import { Met } from "../settings/KeptForm";
import { DomainCard } from "../setup/DomainCard";
import { FlowCard } from "../setup/FlowCard";
import { ImportCard } from "../setup/ImportCard";
import { PluginCard } from "../setup/PluginCard";
import { StakeCard } from "../setup/StakeCard";
import { words } from "../setup/words";
import type { Settings as Form } from "../types";
import { BackHead } from "../ui/BackHead";
import { LookOnly } from "../ui/LookOnly";
import { SaveBar } from "../ui/SaveBar";
import { useAtField } from "../ui/useAtField";
import { useMerged } from "../ui/useMerged";
import { PageSkeleton } from "../ui/Skeleton";
import { Failure } from "../ui/states";

const KEY = ["settings"];

const head = <BackHead back="" label={words.back} title={words.title} />;

export default function SetUpPage() {
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: () => api<Form>("/settings") });
  if (!data) return error ? <Failure error={error} retry={refetch} isPage isNarrow head={head} /> : <PageSkeleton frame="page narrow" head={head} />;
  return (
    <main className="page narrow setup">
      {head}
      <StakeCard />
      <ImportCard />
      <PluginCard />
      <Editor kept={data} />
      <BrandCard />
      <DomainCard />
      <FlowCard />
    </main>
  );
}

function Editor({ kept }: { kept: Form }) {
  const { form, setForm, round, wasMet, isChanged, over, settle, ...mine } = useMerged(kept);
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: async () => ({ sent: form, saved: await send<Form>("PUT", "/settings", over(await keptNow<Form>("/settings"))) }),
    onSuccess: async ({ sent, saved }) => {
      toast(words.saved);
      settle(sent, saved);
      queries.setQueryData(KEY, saved);
      await queries.invalidateQueries({ queryKey: ["store"] });
      await queries.invalidateQueries({ queryKey: ["sending"] });
    },
  });
  const [at, isAtField] = useAtField(save.error);
  const change = (part: Partial<Form>) => setForm({ ...form, ...part });
  const wrong = save.error instanceof ApiError ? { [save.error.field ?? ""]: save.error.message } : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form ref={at} onSubmit={submit} noValidate>
      {save.error && !isAtField && <Failure error={save.error} retry={() => save.mutate()} isTyped />}
      {wasMet && <Met />}
      <LookOnly right="publish">
        <Sender key={round} form={form} change={change} wrong={wrong} />
        <PlatformMails form={form} change={change} wrong={wrong} />
      </LookOnly>
      <SaveBar
        isChanged={isChanged}
        isSaved={save.isSuccess}
        isSaving={save.isPending}
        save={save.mutate}
        discard={() => {
          mine.discard();
          save.reset();
        }}
      />
    </form>
  );
}
