// What stands above a page while nothing of it is known yet: its title, and the way back.
import { ArrowLeft } from "lucide-react";
import { Link } from "wouter";
import { to } from "../place";
import { Skeleton } from "./Skeleton";

type Props = {
  back: string;
  label: string;
  title: string;
  /** The class of the bar above an editor, which has no head of a page. */
  bar?: string;
  /** More is said below the title once it is known. */
  hasLine?: boolean;
};

export function BackHead({ back, label, title, bar, hasLine = false }: Props) {
  const Head = bar ? "header" : "div";
  return (
    <Head className={bar ?? "phead with-back"}>
      <Link className="btn plain icon" href={to(back)} aria-label={label}>
        <ArrowLeft size={18} aria-hidden />
      </Link>
      {bar ? (
        <>
          <h1>{title}</h1>
          <span className="grow" />
        </>
      ) : (
        <div className="grow">
          <h1>{title}</h1>
          {hasLine && <Skeleton width={140} height={20} />}
        </div>
      )}
    </Head>
  );
}
