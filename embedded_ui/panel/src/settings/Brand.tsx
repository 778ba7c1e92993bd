// Who stands behind the store, and what its platform mails by itself.
import { useStore } from "../store";
import { words } from "./form-words";
import { Card, Field, type PartProps, Toggle } from "./cards";

const NETWORKS = [
  ["instagram_url", "Instagram"],
  ["facebook_url", "Facebook"],
  ["tiktok_url", "TikTok"],
  ["youtube_url", "YouTube"],
  ["pinterest_url", "Pinterest"],
] as const;

export function Brand({ form, change, wrong }: PartProps) {
  return (
    <Card title={words.brandTitle}>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.brandHint}
      </p>
      <Field label={words.founder} hint={words.founderHint} wrong={wrong.founder_name}>
        {(ids) => (
          <input
            {...ids}
            className="input"
            maxLength={80}
            value={form.founder_name ?? ""}
            onChange={(event) => change({ founder_name: event.target.value || null })}
          />
        )}
      </Field>
      <Field label={words.story} hint={words.storyHint} wrong={wrong.brand_story}>
        {(ids) => (
          <textarea
            {...ids}
            className="input"
            rows={4}
            maxLength={600}
            value={form.brand_story ?? ""}
            onChange={(event) => change({ brand_story: event.target.value.replace(/\s*\n\s*/g, " ") || null })}
          />
        )}
      </Field>
      <Networks form={form} change={change} wrong={wrong} />
    </Card>
  );
}

function Networks({ form, change, wrong }: PartProps) {
  return (
    <>
      {NETWORKS.map(([key, name]) => (
        <Field key={key} label={name} wrong={wrong[key]}>
          {(ids) => (
            <input
              {...ids}
              className="input"
              type="url"
              placeholder="https://"
              value={form[key] ?? ""}
              onChange={(event) => change({ [key]: event.target.value.trim() || null })}
            />
          )}
        </Field>
      ))}
    </>
  );
}

const PLATFORMS: Record<string, string> = {
  shopify: "Shopify",
  woocommerce: "WooCommerce",
  bigcommerce: "BigCommerce",
};

export function PlatformMails({ form, change }: PartProps) {
  const { store } = useStore();
  const mails = form.platform_mails;
  const set = (part: Partial<typeof mails>) => change({ platform_mails: { ...mails, ...part } });
  const platform = PLATFORMS[store.platform] ?? store.platform;
  return (
    <Card title={words.mailsTitle(platform)}>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.mailsHint(platform)}
      </p>
      <Toggle
        label={words.mailsCheckout}
        isOn={mails.abandoned_checkout}
        set={(isOn) => set({ abandoned_checkout: isOn })}
      />
      <Toggle
        label={words.mailsConfirmation}
        isOn={mails.order_confirmation}
        set={(isOn) => set({ order_confirmation: isOn })}
      />
      <Toggle label={words.mailsShipping} isOn={mails.shipping} set={(isOn) => set({ shipping: isOn })} />
    </Card>
  );
}
