// The store's settings: one form, saved as a whole.
import { BrandCard } from "../brand/BrandCard";
import { Audience } from "../settings/Audience";
import { Attribution, Codes, Facts, Sender } from "../settings/cards";
import { Brand, PlatformMails } from "../settings/Brand";
import { KeptForm, type Parts } from "../settings/KeptForm";
import { Pacing } from "../settings/Pacing";
import { Prices } from "../settings/Prices";
import type { Settings as Form } from "../types";

export default function Settings() {
  return (
    <KeptForm<Form> path="/settings" queryKey={["settings"]} toldTo={["store"]} below={<BrandCard />}>
      {cards}
    </KeptForm>
  );
}

function cards({ form, change, refused }: Parts<Form>) {
  const parts = { form, change, wrong: refused ? { [refused.field ?? ""]: refused.message } : {} };
  return (
    <>
      <Audience {...parts} />
      <Attribution {...parts} />
      <Pacing {...parts} />
      <Sender {...parts} />
      <Codes {...parts} />
      <Prices {...parts} />
      <Facts {...parts} />
      <Brand {...parts} />
      <PlatformMails {...parts} />
    </>
  );
}
