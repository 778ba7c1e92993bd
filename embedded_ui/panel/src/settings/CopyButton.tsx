// Opens the dialog that copies a flow to a linked store; there where another store is linked.
import { useQuery } from "@tanstack/react-query";
import { CopyPlus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { api } from "../api";
import { useMay } from "../store";
import { strings } from "../strings";
import type { Flow, Stores } from "../types";

const CopyTo = lazy(() => import("./CopyTo").then(({ CopyTo }) => ({ default: CopyTo })));

export function CopyButton({ flow }: { flow: Flow }) {
  // Null: not wanted yet.
  const [isOpen, open] = useState<boolean | null>(null);
  const mayEdit = useMay("edit");
  const { data } = useQuery({
    queryKey: ["stores"],
    queryFn: () => api<Stores>("/stores"),
    staleTime: 5 * 60_000,
    enabled: mayEdit,
  });
  if (!mayEdit || !data?.stores.length) return null;
  const label = strings.flow.copyToStore;
  return (
    <>
      <button type="button" className="btn plain icon" aria-label={label} title={label} onClick={() => open(true)}>
        <CopyPlus size={16} aria-hidden />
      </button>
      {isOpen !== null && (
        <Suspense>
          <CopyTo flow={isOpen ? flow : null} close={() => open(false)} />
        </Suspense>
      )}
    </>
  );
}
