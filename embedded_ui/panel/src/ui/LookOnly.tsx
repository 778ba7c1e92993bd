// What somebody's role lets them look at, not change: its fields stand still, and a line says who may.
import { createContext, type ReactNode, useContext } from "react";
import { useMay } from "../store";
import { strings } from "../strings";

const Still = createContext(false);

/** Say so to a part that is no field of the browser's own, which would know by itself. */
export const useStill = () => useContext(Still);

/** Shows its children as they are to whoever has the right. */
export function LookOnly({ right, children }: { right: "edit" | "publish"; children: ReactNode }) {
  const may = useMay(right);
  return (
    <>
      {!may && <MayNot right={right} />}
      <fieldset className="lookonly" disabled={!may}>
        <Still value={!may}>{children}</Still>
      </fieldset>
    </>
  );
}

function MayNot({ right }: { right: "edit" | "publish" }) {
  return (
    <p className="sub" style={{ marginBlockEnd: 16 }}>
      {strings.mayNot[right]}
    </p>
  );
}
