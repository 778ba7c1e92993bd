// One link that customers follow, with its QR code: to copy, look at and save.
import { Copy } from "lucide-react";
import { Link } from "wouter";
import { toast } from "../api";
import { to } from "../place";
import { strings } from "../strings";
import type { OptInLink } from "../types";
import { words as said } from "./link-words";

export function LinkCode({ link }: { link: OptInLink }) {
  const name = strings.channels[link.channel] ?? link.channel;
  if (!link.url) {
    return (
      <p>
        <strong>{name}</strong> <span className="hint">{link.missing}</span>{" "}
        {link.at_account && <Link href={to("/settings/channels")}>{said.toChannel(name)}</Link>}
      </p>
    );
  }
  const url = link.url;
  const copy = () => void navigator.clipboard.writeText(url).then(() => toast(said.copied), () => undefined);
  return (
    <>
      <strong>{name}</strong>
      <img src={link.svg ?? ""} alt={said.code(name)} width={120} height={120} />
      <input className="input" readOnly aria-label={said.link(name)} value={url} onFocus={(event) => event.target.select()} />
      <div className="inline">
        <button type="button" className="btn small" aria-label={said.copyLink(name)} onClick={copy}>
          <Copy size={14} aria-hidden />
          {said.copy}
        </button>
        <a className="btn small" href={link.svg ?? ""} download={`${link.channel}.svg`} aria-label={said.download(name, said.svg)}>{said.svg}</a>
        <a className="btn small" href={link.png ?? ""} download={`${link.channel}.png`} aria-label={said.download(name, said.png)}>{said.png}</a>
      </div>
    </>
  );
}
