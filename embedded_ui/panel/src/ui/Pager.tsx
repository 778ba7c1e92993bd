// Below a list: how long it is, and the way to its other pages.
import { useStore } from "../store";

type Words = { page: (page: string, pages: string) => string; previous: string; next: string };
type Props = { page: number; pages: number; told: string; words: Words; turn: (page: number) => void };

export function Pager({ page, pages, told, words, turn }: Props) {
  const { format } = useStore();
  const here = words.page(format.int(page), format.int(pages));
  return (
    <nav className="pager" aria-label={here}>
      <span className="sub small">{told}</span>
      {pages > 1 && (
        <span className="inline">
          <button type="button" className="btn" disabled={page <= 1} onClick={() => turn(page - 1)}>
            {words.previous}
          </button>
          <span className="sub small num">{here}</span>
          <button type="button" className="btn" disabled={page >= pages} onClick={() => turn(page + 1)}>
            {words.next}
          </button>
        </span>
      )}
    </nav>
  );
}
