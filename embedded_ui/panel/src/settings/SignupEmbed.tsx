// How the sign-up form gets onto the store's pages: where to switch it on, or the code to paste.
import { Copy } from "lucide-react";
import { useId, useState } from "react";
import type { SignupAnswer } from "../types";
import { Card } from "./cards";
import { words } from "./signupWords";

export function SignupEmbed({ told }: { told: SignupAnswer }) {
  const steps = told.platform === "shopify" ? words.shopify : told.platform === "woocommerce" ? words.woocommerce : [];
  return (
    <Card title={words.embed}>
      {steps.map((step) => (
        <p key={step} className="sub">
          {step}
        </p>
      ))}
      {told.platform === "shopify" && (
        <>
          <Copied label={words.appUrl} value={told.app_url} />
          <Copied label={words.storeKey} value={told.store_key} />
        </>
      )}
      {told.platform !== "woocommerce" && <p className="sub">{words.anywhere}</p>}
      <Copied label={words.code} value={codeOf(told)} rows={3} />
    </Card>
  );
}

function codeOf({ app_url, store_key }: SignupAnswer) {
  const place = `<div data-reprise-form data-app="${app_url}" data-key="${store_key}"></div>`;
  return `${place}\n<script defer src="${app_url}/forms/form.js"></script>`;
}

function Copied({ label, value, rows = 1 }: { label: string; value: string; rows?: number }) {
  const id = useId();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    const field = document.getElementById(id) as HTMLTextAreaElement;
    field.select();
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      // A frame may not reach the clipboard: the text is selected, Ctrl+C does it.
    }
  };
  return (
    <div className="field" style={{ marginBlockStart: 12 }}>
      <label htmlFor={id}>{label}</label>
      <div className="inline">
        <textarea id={id} className="input grow" readOnly rows={rows} value={value} style={{ resize: "none" }} />
        <button type="button" className="btn" onClick={copy}>
          <Copy size={14} aria-hidden />
          {isCopied ? words.copied : words.copy}
        </button>
      </div>
    </div>
  );
}
