// Grey shapes of the final size, shown only when the wait is long enough to be noticed.
import type { ReactNode } from "react";
import { strings } from "../strings";

export function Skeleton({ width = "100%", height = 14 }: { width?: number | string; height?: number }) {
  return <span className="sk" style={{ width, height }} />;
}

export function RowSkeletons({ rows, height = 41 }: { rows: number; height?: number }) {
  return (
    <div aria-busy="true" aria-label={strings.loading} role="status">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} style={{ height, padding: "12px 16px" }}>
          <Skeleton width={`${88 - ((row * 17) % 40)}%`} />
        </div>
      ))}
    </div>
  );
}

/** `head` is what stands above it all in any case, where that is known. */
export function PageSkeleton({ head }: { head?: ReactNode }) {
  return (
    <main className="page" aria-busy="true">
      {head ?? (
        <div className="phead">
          <Skeleton width={180} height={28} />
        </div>
      )}
      <div className="card" style={{ minHeight: 110 }}>
        <Skeleton width="30%" />
      </div>
      <div className="card" style={{ minHeight: 336 }}>
        <Skeleton width="40%" />
      </div>
    </main>
  );
}
