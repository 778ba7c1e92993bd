// Who gets cart reminders: a rule for all, and others by country.
import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import { TriangleAlert, X } from "lucide-react";
import { language } from "../language";
import { useStore } from "../store";
import { words } from "./form-words";
import { COUNTRIES } from "./countries";
import type { PartProps } from "./cards";

const CHOICES = [
  ["subscribers", words.subscribers, words.subscribersHint],
  ["everyone", words.everyone, words.everyoneHint],
] as const;

export function Audience({ form, change }: PartProps) {
  const { store } = useStore();
  const reachesMore =
    form.audience === "everyone" || form.audience_by_country.some((each) => each.audience === "everyone");
  return (
    <section className="card" aria-labelledby="audience">
      <div className="chead">
        <h2 id="audience">{words.audienceTitle}</h2>
      </div>
      <RadioGroup
        aria-labelledby="audience"
        value={form.audience}
        onValueChange={(audience) => change({ audience: String(audience) })}
      >
        {CHOICES.map(([value, label, hint]) => (
          <label key={value} className="choice">
            <Radio.Root value={value} className="radio" />
            <span>
              <b>{label}</b>
              <span className="hint">{hint}</span>
            </span>
          </label>
        ))}
      </RadioGroup>
      {reachesMore && (
        <div className="banner warn" style={{ marginBlock: "12px 0" }} role="note">
          <TriangleAlert size={16} aria-hidden />
          <p>{words.everyoneWarning}</p>
        </div>
      )}
      <Countries form={form} change={change} />
      {store.platform === "woocommerce" && (
        <p className="hint" style={{ marginBlockStart: 12 }}>
          {words.guestsOfWooCommerce}
        </p>
      )}
    </section>
  );
}

function Countries({ form, change }: Pick<PartProps, "form" | "change">) {
  const { format } = useStore();
  const rules = form.audience_by_country;
  const set = (country: string, audience: string) =>
    change({
      audience_by_country: rules.map((each) => (each.country === country ? { country, audience } : each)),
    });
  const left = COUNTRIES.filter((code) => !rules.some((each) => each.country === code));
  const other = form.audience === "everyone" ? "subscribers" : "everyone";
  return (
    <>
      <h3 style={{ marginBlockStart: 16 }}>{words.countries}</h3>
      <p className="hint">{words.countriesHint}</p>
      <ul className="rows" style={{ marginBlock: 8 }}>
        {rules.map(({ country, audience }) => (
          <li key={country} className="inline">
            <span className="grow">{format.country(country)}</span>
            <select
              className="input"
              style={{ inlineSize: "auto" }}
              aria-label={words.rule(format.country(country))}
              value={audience}
              onChange={(event) => set(country, event.target.value)}
            >
              {CHOICES.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
            <button
              type="button"
              className="btn plain icon"
              aria-label={words.remove(format.country(country))}
              onClick={() => change({ audience_by_country: rules.filter((each) => each.country !== country) })}
            >
              <X size={16} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      <select
        className="input"
        style={{ inlineSize: "auto" }}
        aria-label={words.addCountry}
        value=""
        onChange={(event) =>
          change({ audience_by_country: [...rules, { country: event.target.value, audience: other }] })
        }
      >
        <option value="" disabled>
          {words.addCountry}
        </option>
        {left
          .map((code) => [code, format.country(code)] as const)
          .sort((one, two) => one[1].localeCompare(two[1], language))
          .map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
      </select>
    </>
  );
}
