// Settings: the team, its log, its programs, and its other stores.
import { ApiKeys } from "../settings/ApiKeys";
import { AuditLog } from "../settings/AuditLog";
import { Sections } from "../settings/Sections";
import { Stores } from "../settings/Stores";
import { Team } from "../settings/Team";
import { useMay } from "../store";
import { strings } from "../strings";

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
      <AuditLog />
    </main>
  );
}
