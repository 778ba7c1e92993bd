// Settings: what is kept of customers, who must not be written to, and what leaving does.
import { useState } from "react";
import { Disconnect } from "../settings/Disconnect";
import { Sections } from "../settings/Sections";
import { Suppressions } from "../settings/Suppressions";
import { strings } from "../strings";

export default function DataPage() {
  const [isGone, leave] = useState(false); // parted from the store: nothing here can be done any more
  return (
    <main className="page narrow">
      <div className="phead">
        <h1 className="grow">{strings.nav.settings}</h1>
      </div>
      <Sections />
      {!isGone && <Suppressions />}
      <Disconnect isGone={isGone} leave={() => leave(true)} />
    </main>
  );
}
