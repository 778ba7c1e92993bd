// A WooCommerce store by its keys alone, or with our plugin: which it is, and what the plugin would add.
import { useStore } from "../store";
import { words } from "./words";

export function PluginCard() {
  const { store } = useStore();
  if (store.platform !== "woocommerce" || store.companion === null) return null;
  return (
    <section className="card" aria-labelledby="plugin">
      <div className="chead">
        <h2 id="plugin">{words.pluginTitle}</h2>
        {store.companion && <span className="badge ok">{words.pluginThere(store.companion)}</span>}
      </div>
      {store.companion ? (
        <p>{words.pluginDoes}</p>
      ) : (
        <>
          <p>{words.keysOnly}</p>
          <ul style={{ marginBlock: 8, paddingInlineStart: 20, listStyle: "disc" }}>
            {words.pluginAdds.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <p className="sub">{words.pluginHow}</p>
        </>
      )}
      <p className="sub">{words.wooLacks}</p>
    </section>
  );
}
