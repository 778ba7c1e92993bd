// The message of a campaign: the same editor as a flow's, kept in the campaign.
import { useParams } from "wouter";
import { keeperAt } from "../editor/keeper";
import type { Document, Kept } from "../editor/keeping";
import { MessageEditor } from "../editor/MessageEditor";
import { words } from "../editor/words";
import type { OneCampaign } from "../types";

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
      isCampaign
      own={(here) => `${id}/${here}`}
      path={(there) => `/campaigns/${id}/message?step=${there}`}
    />
  );
}

/** Who changed it and when is told where it is asked for, not by what keeps it. */
type Told = Pick<OneCampaign, "revision"> & Partial<Pick<Kept, "changed_at" | "changed_by">> & { document: Document };

const keeperOf = (id: string) => keeperAt<Told>(`/campaigns/${id}`, keptOf);

const keptOf = ({ document, revision, changed_at = null, changed_by = null }: Told) => ({
  document,
  revision,
  changed_at,
  changed_by,
});
