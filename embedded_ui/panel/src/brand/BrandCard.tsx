// How the store's mails look: taken from the store, or chosen; and the way to change it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { CSSProperties } from "react";
import { api, send, toast } from "../api";
import { useMay, useStore } from "../store";
import type { Brand, BrandAnswer } from "../types";
import { Failure } from "../ui/states";
import "./brand.css";
import { LookButton } from "./LookButton";
import { words } from "./words";

const KEY = ["brand"];

export function BrandCard() {
  const mayPublish = useMay("publish");
  const { data, error, refetch } = useQuery({ queryKey: KEY, queryFn: () => api<BrandAnswer>("/settings/brand") });
  if (!data) return error ? <Failure error={error} retry={refetch} /> : null;
  return (
    <section className="card" aria-labelledby="brand">
      <div className="chead">
        <h2 id="brand">{words.title}</h2>
        {(data.is_chosen || data.from_store) && (
          <span className="badge ok">{data.is_chosen ? words.chosen : words.taken}</span>
        )}
      </div>
      <p className="sub">{data.is_chosen ? words.chosenText : data.from_store ? words.takenText : words.noneText}</p>
      <Sample brand={data.brand} family={data.fonts.find((font) => font.key === data.brand.font)?.family} />
      {mayPublish && <Change />}
    </section>
  );
}

/** A message in small, in the brand's own colours whatever the panel's are. */
function Sample({ brand, family }: { brand: Brand; family: string | undefined }) {
  const { store } = useStore();
  const button: CSSProperties = { background: brand.button, color: brand.button_text, borderRadius: brand.radius };
  return (
    <div className="lookview" role="img" aria-label={words.sample} style={{ background: brand.background }}>
      <div style={{ color: brand.text, fontFamily: family }}>
        {brand.logo_url ? <img src={brand.logo_url} alt="" /> : <b>{store.name}</b>}
        <span>{words.sampleText}</span>
        <i style={button}>{words.sampleButton}</i>
        <u style={{ color: brand.link }}>{words.sampleLink}</u>
      </div>
    </div>
  );
}

function Change() {
  const queries = useQueryClient();
  const read = useMutation({
    mutationFn: () => send<BrandAnswer>("POST", "/settings/brand/from-store"),
    onSuccess: async (told) => {
      toast(words.wasRead);
      queries.setQueryData(KEY, told);
      await queries.invalidateQueries({ queryKey: ["preview"] });
    },
  });
  return (
    <>
      <div className="inline">
        <LookButton />
        <button type="button" className="btn plain" disabled={read.isPending} onClick={() => read.mutate()}>
          {read.isPending ? words.reading : words.readAgain}
        </button>
      </div>
      {Boolean(read.error) && (
        <p className="wrong" role="alert">
          {words.notRead}
        </p>
      )}
    </>
  );
}
