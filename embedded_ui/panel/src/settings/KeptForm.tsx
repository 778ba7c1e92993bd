// A page of settings that is one form: saved as a whole in the admin's save bar or ours, or discarded.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { type FormEvent, Fragment, type ReactNode } from "react";
import { ApiError, api, keptNow, send, toast } from "../api";
import { LookOnly } from "../ui/LookOnly";
import { SaveBar } from "../ui/SaveBar";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { useAtField } from "../ui/useAtField";
import { useMerged } from "../ui/useMerged";
import { words } from "./form-words";
import { Sections } from "./Sections";

export type Parts<Form> = {
  form: Form;
  change: (part: Partial<Form>) => void;
  /** What the server refused, with the field it is about. */
  refused: ApiError | null;
};

type Props<Form> = {
  /** Where the form is kept: read by GET, saved by PUT. */
  path: string;
  queryKey: string[];
  /** What else knows of it, and asks anew once it is saved. */
  toldTo?: string[];
  children: (parts: Parts<Form>) => ReactNode;
  below?: ReactNode;
};

export function KeptForm<Form extends object>({ below, ...props }: Props<Form>) {
  const { path, queryKey } = props;
  const { data, error, refetch } = useQuery({ queryKey, queryFn: () => api<Form>(path) });
  if (!data && error instanceof ApiError && error.isSignedOut) return <Failure error={error} retry={refetch} />;
  return (
    <main className="page narrow">
      <div className="phead">
        <h1 className="grow">{words.title}</h1>
      </div>
      <Sections />
      {!data && !error && (
        <div className="card">
          <RowSkeletons rows={8} />
        </div>
      )}
      {!data && error && <Failure error={error} retry={refetch} />}
      {data && <Editor kept={data} {...props} />}
      {data && below}
    </main>
  );
}

function Editor<Form extends object>({ kept, path, queryKey, toldTo, children }: Omit<Props<Form>, "below"> & { kept: Form }) {
  const { form, setForm, round, wasMet, isChanged, over, settle, ...mine } = useMerged(kept);
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: async () => ({ sent: form, saved: await send<Form>("PUT", path, over(await keptNow<Form>(path))) }),
    onSuccess: async ({ sent, saved }) => {
      toast(words.saved);
      settle(sent, saved);
      queries.setQueryData(queryKey, saved);
      if (toldTo) await queries.invalidateQueries({ queryKey: toldTo });
    },
  });
  const [at, isAtField] = useAtField(save.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  // Fields keep what is typed until it is a number: they begin anew, too.
  const discard = () => {
    mine.discard();
    save.reset();
  };
  const change = (part: Partial<Form>) => setForm({ ...form, ...part });
  return (
    <form ref={at} onSubmit={submit} noValidate>
      {save.error && !isAtField && <Failure error={save.error} retry={save.mutate} isTyped />}
      {wasMet && <Met />}
      <LookOnly right="publish">
        <Fragment key={round}>
          {children({ form, change, refused: save.error instanceof ApiError ? save.error : null })}
        </Fragment>
      </LookOnly>
      <SaveBar
        isChanged={isChanged}
        isSaved={save.isSuccess}
        isSaving={save.isPending}
        save={save.mutate}
        discard={discard}
      />
    </form>
  );
}

/** Says that others saved the same form while something was changed here. */
export function Met() {
  return (
    <div className="banner info" role="status">
      <UsersRound size={16} aria-hidden />
      <p>{words.met}</p>
    </div>
  );
}
