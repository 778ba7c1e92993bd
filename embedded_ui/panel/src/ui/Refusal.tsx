// What a provider refused: what that means and what to do about it; its own words are for its support.
type Props = { lead?: string; meaning: string | null; detail: string; tone?: string };

export function Refusal({ lead, meaning, detail, tone }: Props) {
  return (
    <>
      {lead && <p>{lead}</p>}
      <p className={tone}>{meaning ?? detail}</p>
      {meaning && <p className="sub small">{detail}</p>}
    </>
  );
}
