// What a customer is called in a line: by name, else by whatever else is known of them.
import { strings } from "../strings";

const words = strings.customers;
type Known = { name: string; email: string | null; phone: string | null; chat?: string | null };

export function calledOf({ name, email, phone, chat }: Known): string {
  return name || email || phone || (chat ? words.chatter(strings.channels[chat] ?? chat) : words.unnamed);
}

/** What stands below a name: the address, or the number. */
export const belowOf = ({ name, email, phone }: Known): string | null => (name ? (email ?? phone) : null);
