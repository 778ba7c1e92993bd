// Opens a file that a customer sent: fetched through us once it is asked for; a picture is shown, anything else saved.
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { file } from "../api";
import { titleOf } from "../timeline/Attached";
import type { Attachment } from "../types";
import { Failure } from "../ui/states";
import { words } from "./words";

const SHOWN = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);

export function OpenFile({ attachment, path }: { attachment: Attachment; path: string }) {
  const [shown, show] = useState("");
  const title = titleOf(attachment);
  const opening = useMutation({
    mutationFn: () => file(path),
    onSuccess: (blob) => {
      const url = URL.createObjectURL(blob);
      if (SHOWN.has(blob.type)) return show(url);
      Object.assign(document.createElement("a"), { href: url, download: attachment.name || title }).click();
      setTimeout(() => URL.revokeObjectURL(url), 1_000);
    },
  });
  useEffect(() => () => URL.revokeObjectURL(shown), [shown]);
  if (shown) return <img className="ibpicture" src={shown} alt={title} />;
  return (
    <>
      <button type="button" className="btn plain" disabled={opening.isPending} aria-label={words.openThis(title)} onClick={() => opening.mutate()}>
        {opening.isPending ? words.opening : words.open}
      </button>
      {opening.error && <Failure error={opening.error} retry={() => opening.mutate()} />}
    </>
  );
}
