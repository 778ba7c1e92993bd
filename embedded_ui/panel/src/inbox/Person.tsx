// Who it is that one talks with, and the cart they have open.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { Link } from "wouter";
import { api } from "../api";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import type { ConversationLine, Team, Thread } from "../types";
import { words } from "./words";

export function Person({ thread, children }: { thread: Thread; children: ReactNode }) {
  const { format } = useStore();
  const { customer, cart, conversation } = thread;
  return (
    <aside className="ibperson" aria-label={words.person}>
      {children}
      <h2>{conversation.name || words.unnamed}</h2>
      {customer.email && <p className="sub clip">{customer.email}</p>}
      {customer.phone && <p className="sub">{customer.phone}</p>}
      <p className="sub">
        {words.orders(customer.orders, format.int(customer.orders))} · {format.money(customer.spent)}
      </p>
      <p>
        <Link className="link" href={to(`/customers/${conversation.customer_id}`)}>
          {words.openCustomer}
        </Link>
      </p>
      <h2>{words.cart}</h2>
      {cart ? (
        <>
          <ul className="ibitems">
            {cart.items.map((item, at) => (
              <li key={at} className="inline">
                {item.image_url && <img src={item.image_url} alt="" width={32} height={32} />}
                <span className="grow">{words.pieces(item.quantity ?? 1, item.title ?? "")}</span>
              </li>
            ))}
          </ul>
          <p>
            <b>{format.money(cart.total, cart.currency)}</b>
          </p>
          <p className="small sub">{words.left(format.moment(cart.updated_at))}</p>
        </>
      ) : (
        <p className="sub">{words.noCart}</p>
      )}
      <p className="small sub ibzone">{strings.customer.times(format.timeZone)}</p>
    </aside>
  );
}

type AssigneeProps = { conversation: ConversationLine; assign: (member: string | null) => void };

export function Assignee({ conversation, assign }: AssigneeProps) {
  const id = useId();
  const { data } = useQuery({ queryKey: ["team"], queryFn: () => api<Team>("/team") });
  return (
    <div className="field">
      <label htmlFor={id}>{words.assign}</label>
      <select
        id={id}
        className="input"
        value={conversation.assigned_to ?? ""}
        onChange={(event) => assign(event.target.value || null)}
      >
        <option value="">{words.nobody}</option>
        {data?.members.map((member) => (
          <option key={member.id} value={member.id}>
            {member.name || words.memberOf(member.user_id)}
          </option>
        ))}
      </select>
    </div>
  );
}
