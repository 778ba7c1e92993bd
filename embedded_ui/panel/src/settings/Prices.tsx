// What a thousand messages cost, by channel: what every figure of cost is reckoned with.
import { fromMinor, toMinor } from "../format";
import { useStore } from "../store";
import { words } from "./form-words";
import { strings } from "../strings";
import { Card, NumberField, type PartProps } from "./cards";

const CHANNELS = ["email", "sms", "whatsapp"] as const;

export function Prices({ form, change, wrong }: PartProps) {
  const { store } = useStore();
  const prices = form.message_prices;
  return (
    <Card title={words.pricesTitle}>
      <p className="sub" style={{ marginBlockEnd: 12 }}>
        {words.pricesHint}
      </p>
      <div className="pair">
        {CHANNELS.map((channel) => (
          <NumberField
            key={channel}
            label={words.price(strings.channels[channel]!, store.currency)}
            hint={channel === "sms" ? words.smsParts : undefined}
            step="any"
            value={fromMinor(prices[channel], store.currency)}
            wrong={wrong[`message_prices.${channel}`]}
            change={(amount) => change({ message_prices: { ...prices, [channel]: toMinor(amount ?? 0, store.currency) } })}
          />
        ))}
      </div>
    </Card>
  );
}
