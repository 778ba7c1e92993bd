// What somebody's role lets them look at, not change: its fields stand still, and a line says who may.
import { createContext, type ReactNode, useContext } from "react";
import { useMay } from "../store";
import { strings } from "../strings";

const Still = createContext(false);

/** Say so to a part that is no field of the browser's own, which would know by itself. */
export const useStill = () => useContext(Still);

type Props = {
  right: "edit" | "publish";
  /** Why even who has the right may not change this one. */
  because?: string | undefined;
  children: ReactNode;
};

/** Shows its children as they are to whoever has the right. */
export function LookOnly({ right, because, children }: Props) {
  const hasRight = useMay(right);
  const may = hasRight && !because;
  return (
    <>
      {!may && <MayNot>{hasRight ? because : strings.mayNot[right]}</MayNot>}
      <fieldset className="lookonly" disabled={!may}>
        <Still value={!may}>{children}</Still>
      </fieldset>
    </>
  );
}

function MayNot({ children }: { children: ReactNode }) {
  return (
    <p className="sub" style={{ marginBlockEnd: 16 }}>
      {children}
    </p>
  );
}
