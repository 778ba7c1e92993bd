// A message whose author wrote it in MJML: its source, and the way to blocks.
import { useMutation } from "@tanstack/react-query";
import { FileCode } from "lucide-react";
import { ApiError } from "../api";
import { Failure } from "../ui/states";
import type { CodeTemplate } from "./blocks";
import { toBlocks } from "./calls";
import { useEditing } from "./context";
import { Line } from "./Line";
import { words } from "./words";

export function CodeForm({ template }: { template: CodeTemplate }) {
  const { edit, choose } = useEditing();
  const turning = useMutation({
    mutationFn: () => toBlocks(template),
    onSuccess: (made) => {
      choose(null);
      edit(made);
    },
  });
  const isRefused = turning.error instanceof ApiError && turning.error.status === 422;
  return (
    <div className="code">
      <div className="banner info">
        <FileCode size={16} aria-hidden />
        <div>
          <h2>{words.codeTitle}</h2>
          <p>{words.codeText}</p>
          <button type="button" className="btn" disabled={turning.isPending} onClick={() => turning.mutate()}>
            {words.toBlocks}
          </button>
          {isRefused && <p role="alert">{turning.error?.message}</p>}
        </div>
      </div>
      {turning.error && !isRefused && <Failure error={turning.error} retry={() => turning.mutate()} />}
      <Line label={words.mjml} block={null} field="mjml" rows={22} value={template.mjml} change={(mjml) => edit({ ...template, mjml }, "mjml")} />
      <Line label={words.plain} block={null} field="text" rows={10} value={template.text} change={(text) => edit({ ...template, text }, "text")} />
    </div>
  );
}
