// Settings: the store's own accounts with those who deliver its messages.
import { useQuery } from "@tanstack/react-query";
import { Fragment, lazy, Suspense } from "react";
import { api } from "../api";
import { ChannelCard } from "../settings/ChannelCard";
import { FORMS } from "../settings/channel-forms";
import { Sections } from "../settings/Sections";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Channels } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";

// Only who has such an account sees them.
const KeywordCard = lazy(async () => ({ default: (await import("../settings/KeywordCard")).KeywordCard }));
const MessageTemplates = lazy(async () => ({ default: (await import("../settings/MessageTemplates")).MessageTemplates }));

export default function ChannelsPage() {
  const { format } = useStore();
  const { data, error, refetch } = useQuery({ queryKey: ["channels"], queryFn: () => api<Channels>("/channels") });
  return (
    <main className="page narrow">
      <div className="phead">
        <h1 className="grow">{strings.nav.settings}</h1>
        <span className="sub small">{strings.customer.times(format.timeZone)}</span>
      </div>
      <Sections />
      {error && !data && <Failure error={error} retry={refetch} />}
      {!error && !data && (
        <div className="card">
          <RowSkeletons rows={8} />
        </div>
      )}
      {data &&
        FORMS.map((form) => {
          const account = data.channels.find(({ channel }) => channel === form.channel) ?? null;
          if (account && account.provider !== form.provider) return null;
          return (
            <Fragment key={`${form.channel}-${form.provider}`}>
              <ChannelCard form={form} account={account} />
              <Suspense>{account && form.channel === "whatsapp" && <MessageTemplates />}</Suspense>
              <Suspense>{account && (form.channel === "sms" || form.channel === "whatsapp") && <KeywordCard channel={form.channel} />}</Suspense>
            </Fragment>
          );
        })}
    </main>
  );
}
