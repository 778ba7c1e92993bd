// The store's settings: one form, saved as a whole.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, Fragment, useState } from "react";
import { ApiError, api, send, toast } from "../api";
import { BrandCard } from "../brand/BrandCard";
import { Audience } from "../settings/Audience";
import { Attribution, Codes, Facts, Pacing, Sender } from "../settings/cards";
import { Brand, PlatformMails } from "../settings/Brand";
import { Prices } from "../settings/Prices";
import { Sections } from "../settings/Sections";
import { words } from "../settings/form-words";
import type { Settings as Form } from "../types";
import { SaveBar } from "../ui/SaveBar";
import { PageSkeleton } from "../ui/Skeleton";
import { Failure } from "../ui/states";

const KEY = ["settings"];

export default function Settings() {
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: () => api<Form>("/settings") });
  if (!data) return error ? <Failure error={error} retry={refetch} isPage /> : <PageSkeleton />;
  // A new answer of the server begins a new form.
  return <Editor key={JSON.stringify(data)} kept={data} />;
}

function Editor({ kept }: { kept: Form }) {
  const [form, setForm] = useState(kept);
  const [round, restart] = useState(0);
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () => send<Form>("PUT", "/settings", form),
    onSuccess: async (saved) => {
      toast(words.saved);
      queries.setQueryData(KEY, saved);
      await queries.invalidateQueries({ queryKey: ["store"] });
    },
  });
  const change = (part: Partial<Form>) => setForm({ ...form, ...part });
  const isChanged = JSON.stringify(form) !== JSON.stringify(kept);
  const wrong = save.error instanceof ApiError ? { [save.error.field ?? ""]: save.error.message } : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  // Fields keep what is typed until it is a number: they begin anew, too.
  const discard = () => {
    setForm(kept);
    restart(round + 1);
    save.reset();
  };
  const parts = { form, change, wrong };
  return (
    <main className="page narrow">
      <div className="phead">
        <h1 className="grow">{words.title}</h1>
      </div>
      <Sections />
      <form onSubmit={submit} noValidate>
        {save.error && <Failure error={save.error} retry={save.mutate} />}
        <Fragment key={round}>
          <Audience {...parts} />
          <Attribution {...parts} />
          <Pacing {...parts} />
          <Sender {...parts} />
          <Codes {...parts} />
          <Prices {...parts} />
          <Facts {...parts} />
          <Brand {...parts} />
          <PlatformMails {...parts} />
        </Fragment>
        <SaveBar
          isChanged={isChanged}
          isSaved={save.isSuccess}
          isSaving={save.isPending}
          save={save.mutate}
          discard={discard}
        />
      </form>
      <BrandCard />
    </main>
  );
}
