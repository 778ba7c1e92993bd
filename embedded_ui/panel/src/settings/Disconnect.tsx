// What leaving Reprise does and leaves, and parting from the store from here.
import { Unplug } from "lucide-react";
import { focusManager, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useMay, useStore } from "../store";
import { Typed } from "../ui/Typed";
import { Card } from "./cards";
import { words } from "./form-words";

export function Disconnect({ isGone, leave }: { isGone: boolean; leave: () => void }) {
  const { store } = useStore();
  const mayPublish = useMay("publish");
  const queries = useQueryClient();
  const platform = store.platform === "woocommerce" ? words.onWooCommerce : words.onShopify;
  if (isGone)
    return (
      <Card title={words.goneTitle}>
        <p role="status">{platform.gone}</p>
      </Card>
    );
  return (
    <Card title={words.uninstallTitle}>
      <Lines title={words.stopsTitle} lines={words.stops} />
      <Lines title={words.keptTitle} lines={[...words.kept, ...platform.kept]} />
      {mayPublish && <Ask domain={store.domain} text={platform.text} begin={() => hush(queries)} failed={goOn} done={leave} />}
    </Card>
  );
}

function Lines({ title, lines }: { title: string; lines: string[] }) {
  return (
    <>
      <h3>{title}</h3>
      <ul className="plainlist sub" style={{ marginBlockEnd: 12 }}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  );
}

/** Ask for nothing by itself any more: the answer would be that nobody is signed in, and take the last word's place. */
function hush(queries: QueryClient) {
  focusManager.setFocused(false);
  return queries.cancelQueries();
}

const goOn = () => focusManager.setFocused(undefined);

type AskProps = { domain: string; text: string; begin: () => Promise<void>; failed: () => void; done: () => void };

function Ask({ domain, text, ...deed }: AskProps) {
  return (
    <Typed
      path="/store/disconnect"
      {...deed}
      icon={<Unplug size={14} aria-hidden />}
      words={{
        ask: words.disconnect,
        title: words.disconnectTitle,
        text,
        type: words.disconnectType(domain),
        keep: words.keepConnected,
        go: words.disconnect,
        going: words.disconnect,
      }}
    />
  );
}
