// Settings: the sign-up form on the store's pages, its words, and how it gets there.
import { useQuery } from "@tanstack/react-query";
import { api } from "../api";
import { KEY, SignupEditor } from "../settings/SignupForm";
import { Sections } from "../settings/Sections";
import { SignupEmbed } from "../settings/SignupEmbed";
import { strings } from "../strings";
import type { SignupAnswer } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";

export default function FormPage() {
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: () => api<SignupAnswer>("/settings/signup-form") });
  return (
    <main className="page narrow">
      <div className="phead">
        <h1 className="grow">{strings.nav.settings}</h1>
      </div>
      <Sections />
      {error && !data && <Failure error={error} retry={refetch} />}
      {!error && !data && (
        <div className="card">
          <RowSkeletons rows={8} />
        </div>
      )}
      {data && (
        <>
          <SignupEditor told={data} />
          <SignupEmbed told={data} />
        </>
      )}
    </main>
  );
}
