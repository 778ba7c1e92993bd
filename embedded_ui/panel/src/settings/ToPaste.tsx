// Something to be copied from here and pasted elsewhere.
import { Copy } from "lucide-react";
import { toast } from "../api";
import { words } from "./channel-words";

export function ToPaste({ label, copy, value, hint }: { label: string; copy: string; value: string; hint?: string }) {
  const onClick = () => void navigator.clipboard.writeText(value).then(() => toast(words.copied));
  return (
    <div className="field">
      <span className="label">{label}</span>
      <span className="inline">
        <code className="grow" style={{ overflowWrap: "anywhere" }}>{value}</code>
        <button type="button" className="btn" aria-label={copy} onClick={onClick}>
          <Copy size={14} aria-hidden />
          {words.copy}
        </button>
      </span>
      {hint && <span className="hint">{hint}</span>}
    </div>
  );
}
