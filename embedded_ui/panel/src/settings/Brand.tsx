// Who stands behind the store, and what its platform mails by itself.
import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { api } from "../api";
import { useStore } from "../store";
import type { FlowList } from "../types";
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

type Mail = keyof PartProps["form"]["platform_mails"];
const MAILS: Record<Mail, string> = {
  abandoned_checkout: words.mailsCheckout,
  order_confirmation: words.mailsConfirmation,
  shipping: words.mailsShipping,
};

export function PlatformMails({ form, change }: PartProps) {
  const { store } = useStore();
  const live = useLive();
  const mails = form.platform_mails;
  const platform = PLATFORMS[store.platform] ?? store.platform;
  return (
    <Card title={words.mailsTitle(platform)}>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.mailsHint(platform)}
      </p>
      {(Object.keys(MAILS) as Mail[]).map((mail) => (
        <div key={mail}>
          <Toggle
            label={MAILS[mail]}
            isOn={mails[mail]}
            set={(isOn) => change({ platform_mails: { ...mails, [mail]: isOn } })}
          />
          <div role="status">
            {mails[mail] &&
              live
                .filter((flow) => flow.about?.replaces === mail)
                .map(({ id, name }) => (
                  <p key={id} className="hint warned">
                    <TriangleAlert size={14} aria-hidden />
                    {words.mailsTwice(name, platform)}
                  </p>
                ))}
          </div>
        </div>
      ))}
    </Card>
  );
}

function useLive() {
  const { data } = useQuery({
    queryKey: ["flows", 30],
    queryFn: () => api<FlowList>("/flows?days=30"),
    staleTime: 60_000,
  });
  return data?.flows.filter(({ status }) => status === "live") ?? [];
}
