// Settings: who takes over from the bot, when somebody answers, and who is told that a customer waits.
import { AnswerHours } from "../settings/AnswerHours";
import { Alerts, Promises, TakingOver } from "../settings/handover-cards";
import { RuleCalls } from "../settings/RuleCalls";
import { KeptForm, type Parts } from "../settings/KeptForm";
import type { ConversationSettings } from "../types";

export default function HandOverPage() {
  return (
    <KeptForm<ConversationSettings> path="/settings/conversations" queryKey={["settings", "conversations"]}>
      {cards}
    </KeptForm>
  );
}

function cards({ form, change, refused }: Parts<ConversationSettings>) {
  // Of a list the server names the line: it is shown at the list.
  const wrong = (name: string) => (refused?.field?.split(".")[0] === name ? refused.message : undefined);
  const parts = { form, change, wrong };
  return (
    <>
      <TakingOver {...parts} />
      <AnswerHours {...parts} />
      <Promises {...parts} />
      <Alerts {...parts} />
      <RuleCalls {...parts} />
    </>
  );
}
