// The store's settings: one form, saved as a whole.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError, api, send, toast } from "../api";
import { BrandCard } from "../brand/BrandCard";
import { Audience } from "../settings/Audience";
import { Attribution, Codes, Facts, Pacing, Sender } from "../settings/cards";
import { Brand, PlatformMails } from "../settings/Brand";
import { Prices } from "../settings/Prices";
import { Sections } from "../settings/Sections";
import { strings } from "../strings";
import type { Settings as Form } from "../types";
import { PageSkeleton } from "../ui/Skeleton";
import { Failure } from "../ui/states";

const words = strings.settings;
const KEY = ["settings"];

export default function Settings() {
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: () => api<Form>("/settings") });
  if (!data) return error ? <Failure error={error} retry={refetch} isPage /> : <PageSkeleton />;
  // A new answer of the server begins a new form.
  return <Editor key={JSON.stringify(data)} kept={data} />;
}

function Editor({ kept }: { kept: Form }) {
  const [form, setForm] = useState(kept);
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
  const parts = { form, change, wrong };
  return (
    <main className="page narrow">
      <div className="phead">
        <h1 className="grow">{words.title}</h1>
      </div>
      <Sections />
      <form onSubmit={submit} noValidate>
        {save.error && <Failure error={save.error} retry={save.mutate} />}
        <Audience {...parts} />
        <Attribution {...parts} />
        <Pacing {...parts} />
        <Sender {...parts} />
        <Codes {...parts} />
        <Prices {...parts} />
        <Facts {...parts} />
        <Brand {...parts} />
        <PlatformMails {...parts} />
        <SaveBar
          isChanged={isChanged}
          isSaved={save.isSuccess}
          isSaving={save.isPending}
          discard={() => setForm(kept)}
        />
      </form>
      <BrandCard />
    </main>
  );
}

type BarProps = { isChanged: boolean; isSaved: boolean; isSaving: boolean; discard: () => void };

function SaveBar({ isChanged, isSaved, isSaving, discard }: BarProps) {
  return (
    <>
      <div className="vh" role="status">
        {isSaved && !isChanged && words.saved}
      </div>
      {isChanged && (
        <div className="savebar">
          <b>{isSaving ? words.saving : words.unsaved}</b>
          <span className="inline">
            <button type="button" className="btn" disabled={isSaving} onClick={discard}>
              {words.discard}
            </button>
            <button type="submit" className="btn primary" disabled={isSaving}>
              {words.save}
            </button>
          </span>
        </div>
      )}
    </>
  );
}
