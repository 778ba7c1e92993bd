// The store's settings: one form, saved as a whole.
import { lazy, Suspense } from "react";
import { Audience } from "../settings/Audience";
import { Attribution, Codes, Facts, Sender } from "../settings/cards";
import { Brand, PlatformMails } from "../settings/Brand";
import { KeptForm, type Parts } from "../settings/KeptForm";
import { Pacing } from "../settings/Pacing";
import { Prices } from "../settings/Prices";
import type { Settings as Form } from "../types";

// At the page's end, where nothing that is seen moves when they come.
const BrandCard = lazy(async () => ({ default: (await import("../brand/BrandCard")).BrandCard }));
const LanguageCard = lazy(() => import("../settings/LanguageCard"));

export default function Settings() {
  return (
    <KeptForm<Form> path="/settings" queryKey={["settings"]} toldTo={["store"]} below={<Below />}>
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

function Below() {
  return (
    <Suspense>
      <BrandCard />
      <LanguageCard />
    </Suspense>
  );
}
