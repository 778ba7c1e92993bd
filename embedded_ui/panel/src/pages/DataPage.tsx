// Settings: what is kept of customers, who must not be written to, and what leaving does.
import { Disconnect } from "../settings/Disconnect";
import { Sections } from "../settings/Sections";
import { Suppressions } from "../settings/Suppressions";
import { strings } from "../strings";

export default function DataPage() {
  return (
    <main className="page narrow">
      <div className="phead">
        <h1 className="grow">{strings.nav.settings}</h1>
      </div>
      <Sections />
      <Suppressions />
      <Disconnect />
    </main>
  );
}
