// Grey shapes of the final size, shown only when the wait is long enough to be noticed.
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { headingAt } from "../places";
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

type Props = {
  /** What stands above it all in any case; without it the name of the place in the navigation. */
  head?: ReactNode;
  /** The class of the page that is waited for. */
  frame?: string;
};

export function PageSkeleton({ head, frame = "page" }: Props) {
  const isPlain = frame.startsWith("page");
  return (
    <main className={frame} aria-busy="true">
      {head ?? <Heading />}
      {isPlain ? <Cards /> : <div className="page"><Cards /></div>}
    </main>
  );
}

function Heading() {
  const [here] = useLocation();
  const heading = headingAt(here);
  return <div className="phead">{heading ? <h1>{heading}</h1> : <Skeleton width={180} height={28} />}</div>;
}

function Cards() {
  return (
    <>
      <div className="card" style={{ minHeight: 110 }}>
        <Skeleton width="30%" />
      </div>
      <div className="card" style={{ minHeight: 336 }}>
        <Skeleton width="40%" />
      </div>
    </>
  );
}
