// Settings: the team, its log, its programs, and its other stores.
import { lazy, Suspense } from "react";
import { ApiKeys } from "../settings/ApiKeys";
import { Sections } from "../settings/Sections";
import { Stores } from "../settings/Stores";
import { Team } from "../settings/Team";
import { useMay } from "../store";
import { strings } from "../strings";

// Stands below what fills the window: it may come a moment later.
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
      <Stores />
      <Suspense>
        <AuditLog />
      </Suspense>
    </main>
  );
}
