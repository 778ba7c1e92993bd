// Settings: who takes over from the bot, when somebody answers, and who is told that a customer waits.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, Fragment, useState } from "react";
import { ApiError, api, send, toast } from "../api";
import { AnswerHours } from "../settings/AnswerHours";
import { Alerts, Promises, TakingOver } from "../settings/handover-cards";
import { Sections } from "../settings/Sections";
import { words } from "../settings/form-words";
import type { ConversationSettings as Form } from "../types";
import { SaveBar } from "../ui/SaveBar";
import { PageSkeleton } from "../ui/Skeleton";
import { Failure } from "../ui/states";

const KEY = ["settings", "conversations"];
const PATH = "/settings/conversations";

export default function HandOverPage() {
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: () => api<Form>(PATH) });
  if (!data) return error ? <Failure error={error} retry={refetch} isPage /> : <PageSkeleton />;
  return <Editor key={JSON.stringify(data)} kept={data} />;
}

function Editor({ kept }: { kept: Form }) {
  const [form, setForm] = useState(kept);
  const [round, restart] = useState(0);
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: () => send<Form>("PUT", PATH, form),
    onSuccess: (saved) => {
      toast(words.saved);
      queries.setQueryData(KEY, saved);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const discard = () => {
    setForm(kept);
    restart(round + 1);
    save.reset();
  };
  const said = save.error instanceof ApiError ? save.error : null;
  // Of a list the server names the line: it is shown at the list.
  const wrong = (name: string) => (said?.field?.split(".")[0] === name ? said.message : undefined);
  const parts = { form, wrong, change: (part: Partial<Form>) => setForm({ ...form, ...part }) };
  return (
    <main className="page narrow">
      <div className="phead">
        <h1 className="grow">{words.title}</h1>
      </div>
      <Sections />
      <form onSubmit={submit} noValidate>
        {save.error && <Failure error={save.error} retry={save.mutate} />}
        <Fragment key={round}>
          <TakingOver {...parts} />
          <AnswerHours {...parts} />
          <Promises {...parts} />
          <Alerts {...parts} />
        </Fragment>
        <SaveBar
          isChanged={JSON.stringify(form) !== JSON.stringify(kept)}
          isSaved={save.isSuccess}
          isSaving={save.isPending}
          save={save.mutate}
          discard={discard}
        />
      </form>
    </main>
  );
}
