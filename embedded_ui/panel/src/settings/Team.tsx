// Who works in the panel: what each is called, and what each may do.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { ApiError, api, send, toast } from "../api";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { Member, Team as Kept } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import { words } from "./words";

const KEY = ["team"];
const ROLES = ["none", "viewer", "inbox", "editor", "publisher"] as const;
type Role = Member["role"];

export function Team() {
  const id = useId();
  const { format } = useStore();
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: () => api<Kept>("/team") });
  return (
    <section className="card" aria-labelledby={id}>
      <div className="chead">
        <h2 id={id}>{words.title}</h2>
        <span className="sub small">{strings.customer.times(format.timeZone)}</span>
      </div>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.text}
      </p>
      {error && !data && <Failure error={error} retry={refetch} />}
      {!error && !data && <RowSkeletons rows={2} />}
      {data && (
        <>
          <ul className="rows">
            {data.members.map((member) => (
              <Line key={`${member.id} ${member.name} ${member.role}`} member={member} isYou={member.id === data.you} />
            ))}
          </ul>
          <NewPeople kept={data.new_people} />
        </>
      )}
    </section>
  );
}

function Line({ member, isYou }: { member: Member; isYou: boolean }) {
  const { format } = useStore();
  const [name, setName] = useState(member.name);
  const [role, setRole] = useState<Role>(member.role);
  const save = useSave(() => send("PUT", `/team/${member.id}`, { name: name.trim(), role }));
  const who = member.name || words.unnamed(member.user_id);
  const isChanged = name.trim() !== member.name || role !== member.role;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <li>
      <form className="inline" onSubmit={submit} noValidate>
        <span className="grow" style={{ minInlineSize: 160 }}>
          <b>{who}</b> {isYou && <span className="badge info">{words.you}</span>}
          <span className="hint">{words.seen(format.moment(member.last_seen_at))}</span>
        </span>
        <Fields who={who} name={name} setName={setName} role={role} setRole={setRole} />
        {isChanged && (
          <button type="submit" className="btn primary" disabled={save.isPending}>
            {words.save}
          </button>
        )}
      </form>
      <span className="hint">{words.roleHints[role]}</span>
      {save.error && <Wrong error={save.error} retry={save.mutate} />}
    </li>
  );
}

type FieldsProps = {
  who: string;
  name: string;
  setName: (name: string) => void;
  role: Role;
  setRole: (role: Role) => void;
};

function Fields({ who, name, setName, role, setRole }: FieldsProps) {
  const isFixed = !useMay("publish");
  return (
    <>
      <input
        className="input"
        style={{ inlineSize: 160 }}
        aria-label={words.nameOf(who)}
        placeholder={words.name}
        maxLength={80}
        value={name}
        disabled={isFixed}
        onChange={(event) => setName(event.target.value)}
      />
      <RoleChoice label={words.roleOf(who)} role={role} setRole={setRole} isFixed={isFixed} />
    </>
  );
}

type ChoiceProps = { label: string; role: Role; setRole: (role: Role) => void; isFixed: boolean };

function RoleChoice({ label, role, setRole, isFixed }: ChoiceProps) {
  return (
    <select
      className="input"
      style={{ inlineSize: "auto" }}
      aria-label={label}
      value={role}
      disabled={isFixed}
      onChange={(event) => setRole(event.target.value as Role)}
    >
      {ROLES.map((each) => (
        <option key={each} value={each}>
          {words.roles[each]}
        </option>
      ))}
    </select>
  );
}

function NewPeople({ kept }: { kept: Role }) {
  const isFixed = !useMay("publish");
  const save = useSave((role: Role) => send("PUT", "/team", { new_people: role }));
  return (
    <div className="note">
      <span className="inline">
        <b>{words.newPeople}</b>
        <RoleChoice label={words.newPeople} role={kept} setRole={save.mutate} isFixed={isFixed || save.isPending} />
      </span>
      <span className="hint">{isFixed ? strings.mayNot.publish : words.newPeopleHint}</span>
      {save.error && <Wrong error={save.error} retry={() => save.mutate(kept)} />}
    </div>
  );
}

function Wrong({ error, retry }: { error: Error; retry: () => void }) {
  if (error instanceof ApiError && error.field) {
    return (
      <p className="hint" role="alert" style={{ color: "var(--bad)" }}>
        {error.message}
      </p>
    );
  }
  return <Failure error={error} retry={retry} />;
}

function useSave<T>(mutationFn: (told: T) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: async () => {
      toast(words.saved);
      await queries.invalidateQueries({ queryKey: KEY });
      await queries.invalidateQueries({ queryKey: ["store"] });
    },
  });
}
