// Settings: the team, its log, its programs, and its other stores.
import { lazy, Suspense } from "react";
import { ApiKeys } from "../settings/ApiKeys";
import { Sections } from "../settings/Sections";
import { Team } from "../settings/Team";
import { useMay } from "../store";
import { strings } from "../strings";

// They stand below what fills the window: they may come a moment later.
const Stores = lazy(async () => ({ default: (await import("../settings/Stores")).Stores }));
const AuditLog = lazy(() => import("../settings/AuditLog"));

export default function TeamPage() {
  const mayPublish = useMay("publish");
  return (
    <main className="page narrow">
      <div className="phead">
        <h1 className="grow">{strings.nav.settings}</h1>
      </div>
      <Sections />
      <Team />
      {mayPublish && <ApiKeys />}
      <Suspense>
        <Stores />
        <AuditLog />
      </Suspense>
    </main>
  );
}
