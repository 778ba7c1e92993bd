// How the website chat gets onto the store's pages: where to switch it on, or the code to paste.
import { ExternalLink } from "lucide-react";
import { useStore } from "../store";
import type { Channel } from "../types";
import { words } from "./channel-words";
import { ToPaste } from "./ToPaste";

export function ChatPlaces({ account }: { account: Channel }) {
  const { platform } = useStore().store;
  const [app = "", key = ""] = account.callback_url.split("/webchat/");
  const own = platform === "shopify" ? words.chat.shopify : platform === "woocommerce" ? words.chat.woocommerce : null;
  return (
    <>
      {own && account.switch_url && (
        <div className="field">
          <p className="sub">{own.text}</p>
          <a className="btn" href={account.switch_url} target="_blank" rel="noopener">
            {own.open}
            <ExternalLink size={14} aria-hidden />
          </a>
        </div>
      )}
      {platform === "shopify" && (
        <>
          <ToPaste label={words.chat.appUrl} copy={words.copyAddress} value={app} />
          <ToPaste label={words.chat.storeKey} copy={words.chat.copyKey} value={key} />
        </>
      )}
      <ToPaste label={words.webchat.address} copy={words.copyCode} value={codeOf(app, key)} hint={account.switch_url ? words.webchat.addressHint : words.chat.pasteHint} />
    </>
  );
}

/** The lines that put the chat onto any page. */
function codeOf(app: string, key: string): string {
  return `<div data-reprise-chat data-app="${app}" data-key="${key}"></div>\n<script defer src="${app}/webchat/chat.js"></script>`;
}
