// The message of a campaign: the same editor as a flow's, kept in the campaign.
import { useParams } from "wouter";
import { api, send } from "../api";
import type { Document, Keeper } from "../editor/keeping";
import { MessageEditor } from "../editor/MessageEditor";
import { words } from "../editor/words";

export default function CampaignMessagePage() {
  const { id } = useParams<{ id: string }>();
  const step = new URLSearchParams(location.search).get("step");
  return (
    <MessageEditor
      name={["campaign", id]}
      keeper={keeperOf(id)}
      step={step}
      back={`/campaigns/${id}`}
      backLabel={words.backToCampaign}
      own={(here) => `${id}/${here}`}
      path={(there) => `/campaigns/${id}/message?step=${there}`}
    />
  );
}

type Told = { document: Document };

const keeperOf = (id: string): Keeper => ({
  load: async () => keptOf(await api<Told>(`/campaigns/${id}`)),
  save: async (document) => keptOf(await send<Told>("PUT", `/campaigns/${id}`, document)),
});

const keptOf = ({ document }: Told) => ({ document, revision: null, changed_at: null, changed_by: null });
