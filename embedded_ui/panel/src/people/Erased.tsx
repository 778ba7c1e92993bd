// What is shown of a customer who was erased: the receipt.
import { ArrowLeft, Download } from "lucide-react";
import { Link } from "wouter";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Receipt } from "../types";
import { save } from "./save";
import { words } from "./words";

export function Erased({ receipt }: { receipt: Receipt }) {
  const { format } = useStore();
  const counts = Object.entries(receipt.counts).filter(([, count]) => count > 0);
  return (
    <main className="page narrow">
      <div className="phead with-back">
        <Link className="btn plain icon" href={to("/customers")} aria-label={strings.customer.back}>
          <ArrowLeft size={18} aria-hidden />
        </Link>
        <h1 className="grow">{words.receiptTitle}</h1>
        <button type="button" className="btn" onClick={() => save(`receipt-${receipt.customer_id}.json`, receipt)}>
          <Download size={14} aria-hidden />
          {words.receiptSave}
        </button>
      </div>
      <section className="card" role="status">
        <p>{words.receiptText(format.zoned(receipt.erased_at))}</p>
        <p className="sub small" style={{ marginBlockEnd: 12 }}>
          {words.receiptNumber(receipt.customer_id)}
        </p>
        <table className="tbl">
          <thead>
            <tr>
              <th scope="col">{words.receiptWhat}</th>
              <th scope="col" className="r">
                {words.receiptCount}
              </th>
            </tr>
          </thead>
          <tbody>
            {counts.map(([table, count]) => (
              <tr key={table}>
                <td>{words.tables[table] ?? table}</td>
                <td className="r num">{format.int(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </main>
  );
}
