// The store's look, for all of its messages: logo, colours, type. Loaded when it is asked for.
import { Dialog } from "@base-ui/react/dialog";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { ApiError, api, send, toast } from "../api";
import type { Brand as Look, BrandAnswer as Told } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import "./brand.css";
import { words } from "./words";

const COLOURS = ["button", "button_text", "text", "background", "link"] as const;
const KEY = ["brand"];

type Props = { isOpen: boolean; open: (isOpen: boolean) => void };

export default function LookDialog({ isOpen, open }: Props) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={open}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Title>{words.title}</Dialog.Title>
          <Dialog.Description className="sub">{words.text}</Dialog.Description>
          <Loaded close={() => open(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Loaded({ close }: { close: () => void }) {
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: () => api<Told>("/settings/brand") });
  if (!data) return error ? <Failure error={error} retry={refetch} /> : <RowSkeletons rows={6} />;
  return <Form kept={data} close={close} />;
}

function Form({ kept, close }: { kept: Told; close: () => void }) {
  const queries = useQueryClient();
  const [look, set] = useState(kept.brand);
  const save = useMutation({
    mutationFn: () => send<Told>("PUT", "/settings/brand", look),
    onSuccess: async (saved) => {
      queries.setQueryData(KEY, saved);
      toast(words.saved);
      if (saved.warnings.length === 0) close();
      await Promise.all(["preview", "checks", "starters"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    },
  });
  const change = (part: Partial<Look>) => set({ ...look, ...part });
  const field = save.error instanceof ApiError ? save.error.field?.replace(/^brand\./, "") : undefined;
  const wrong = (name: string) => (field === name ? (save.error as ApiError).message : undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className="look" onSubmit={submit} noValidate>
      {save.error && !(field && field in look) && <Failure error={save.error} retry={() => save.mutate()} isTyped />}
      <Logo value={look.logo_url} wrong={wrong("logo_url")} change={(logo_url) => change({ logo_url })} />
      <div className="colours">
        {COLOURS.map((name) => (
          <Colour key={name} name={name} value={look[name]} wrong={wrong(name)} change={(value) => change({ [name]: value })} />
        ))}
        <Font value={look.font} keys={kept.fonts.map((font) => font.key)} change={(font) => change({ font: font as Look["font"] })} />
        <Radius value={look.radius} change={(radius) => change({ radius })} />
      </div>
      <Warnings list={(save.data ?? kept).warnings} />
      <div className="inline">
        {kept.from_store && <TakeStores taken={kept.from_store} change={change} />}
        <Dialog.Close className="btn">{words.close}</Dialog.Close>
        <button type="submit" className="btn primary" disabled={save.isPending}>
          {words.save}
        </button>
      </div>
    </form>
  );
}

/** The store's own logo and colours into the form; what a platform does not tell stays. */
function TakeStores({ taken, change }: { taken: Look; change: (part: Partial<Look>) => void }) {
  const { logo_url, button, button_text, link } = taken;
  return (
    <button type="button" className="btn plain" onClick={() => change({ logo_url, button, button_text, link })}>
      {words.useStores}
    </button>
  );
}

function Warnings({ list }: { list: { field: string; message: string }[] }) {
  if (list.length === 0) return null;
  return (
    <div className="banner warn" role="status">
      <TriangleAlert size={16} aria-hidden />
      <ul>
        {list.map((warning) => (
          <li key={warning.field}>{warning.message}</li>
        ))}
      </ul>
    </div>
  );
}

type LogoProps = { value: string | null; wrong: string | undefined; change: (url: string | null) => void };

function Logo({ value, wrong, change }: LogoProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{words.fields.logo_url}</label>
      <input
        id={id}
        className="input"
        inputMode="url"
        placeholder="https://"
        value={value ?? ""}
        aria-invalid={Boolean(wrong)}
        aria-describedby={`${id}-told`}
        onChange={(event) => change(event.target.value.trim() || null)}
      />
      <span id={`${id}-told`} className={wrong ? "wrong" : "hint"}>
        {wrong ?? words.logoHint}
      </span>
    </div>
  );
}

type ColourProps = {
  name: (typeof COLOURS)[number];
  value: string;
  wrong: string | undefined;
  change: (value: string) => void;
};

function Colour({ name, value, wrong, change }: ColourProps) {
  const id = useId();
  const label = words.fields[name];
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <span className="colour">
        <input type="color" aria-label={words.pickColour(label)} value={/^#[0-9a-f]{6}$/i.test(value) ? value : "#000000"} onChange={(event) => change(event.target.value)} />
        <input
          id={id}
          className="input"
          maxLength={7}
          value={value}
          aria-invalid={Boolean(wrong)}
          aria-describedby={wrong ? `${id}-told` : undefined}
          onChange={(event) => change(event.target.value.trim())}
        />
      </span>
      {wrong && (
        <span id={`${id}-told`} className="wrong">
          {wrong}
        </span>
      )}
    </div>
  );
}

function Font({ value, keys, change }: { value: string; keys: string[]; change: (font: string) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{words.font}</label>
      <select id={id} className="input" value={value} onChange={(event) => change(event.target.value)}>
        {keys.map((key) => (
          <option key={key} value={key}>
            {words.fonts[key] ?? key}
          </option>
        ))}
      </select>
    </div>
  );
}

function Radius({ value, change }: { value: number; change: (radius: number) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{words.radius}</label>
      <input id={id} className="input short" type="number" min={0} max={24} value={value} onChange={(event) => change(Number(event.target.value))} />
    </div>
  );
}
