// Which language is spoken where: in the panel, in the store's recipes, and to its customers. Others choose it, not we.
import { language } from "../language";
import { useStore } from "../store";
import type { LanguageWords } from "../words/en/language";

const words: LanguageWords =
  language === "de" ? (await import("../words/de/language")).languages : (await import("../words/en/language")).languages;

const WRITTEN = ["en", "de"];

export default function LanguageCard() {
  const { store, format } = useStore();
  const isWritten = WRITTEN.includes(store.locale.slice(0, 2).toLowerCase());
  const lines = [
    [words.panel, format.tongue(language), words.panelHint],
    [words.store, format.tongue(store.locale), isWritten ? words.storeHint : words.notWritten],
    [words.customers, words.theirOwn, words.customersHint],
  ] as const;
  return (
    <section className="card" aria-labelledby="languages">
      <div className="chead">
        <h2 id="languages">{words.title}</h2>
      </div>
      <dl className="spoken">
        {lines.map(([whose, which, hint]) => (
          <div key={whose}>
            <dt>{whose}</dt>
            <dd>
              <b>{which}</b>
              <p className="hint">{hint}</p>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
