"""Messages by WhatsApp: free words inside the window, a template outside, or the next channel."""

from datetime import timedelta
from typing import Any

import pytest

from marketing.flow_schema import BadFlow
from sandbox.faults import Fault
from sandbox.whatsapp import WhatsApp
from storage import schema, whatsapp_templates
from storage.channel_accounts import ChannelAccount
from tests.channels.test_whatsapp import graph_url, whatsapp
from tests.channels.test_whatsapp_events import RECORDED
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, WORDS, a_flow
from tests.jobs.test_whatsapp import ADA, METAS_NUMBER, account, come_in

__all__ = ["account", "graph_url", "whatsapp"]
SAID: dict[str, Any] = {
    "template": "cart_reminder",
    "language": "en_US",
    "parameters": {
        "body:1": "{{ customer.first_name | default: 'there' }}",
        "body:2": "{{ order.items[0].title | default: 'tea' }}",
        "button:0": "https://app.example/cart/tok",
    },
}
CHAT: dict[str, Any] = {
    "text": "Hi {{ customer.first_name | default: 'there' }}, shall we hold it?",
    "buttons": [{"label": "Yes"}],
}
BY_WHATSAPP = {**MAIL, "channel": "whatsapp", "template": {"whatsapp": SAID, "chat": CHAT}}
EITHER = {
    **MAIL, "channel": "whatsapp", "channels": ["whatsapp", "email"],
    "template": {**WORDS, "whatsapp": SAID, "chat": CHAT},
}  # fmt: skip


def sent(whatsapp: WhatsApp) -> list[dict[str, Any]]:
    return [one for one in whatsapp.messages(ADA) if not one["is_inbound"]]


def the_message(stage: Stage) -> Any:
    (row,) = stage.messages()
    return row


def bought(stage: Stage, **columns: Any) -> str:
    told = {"phone": ADA, "whatsapp_consent": "subscribed", "first_name": "Ada", **columns}
    customer = stage.customer(**told)
    ordered(stage, customer)
    stage.work()
    return customer


def test_who_agreed_and_wrote_nothing_gets_the_template(
    stage: Stage, account: ChannelAccount, whatsapp: WhatsApp
) -> None:
    a_flow(stage, BY_WHATSAPP)
    bought(stage)
    assert (the_message(stage).state, the_message(stage).reason) == ("sent", None)
    [one] = sent(whatsapp)
    assert one["text"].startswith("Hi Ada, your ")
    assert one["buttons"][0]["url"].startswith("https://app.example/cart/")
    assert one["opaque"] == the_message(stage).id


def test_inside_the_window_free_words_go_with_their_answers(
    stage: Stage, account: ChannelAccount, whatsapp: WhatsApp
) -> None:
    a_flow(stage, BY_WHATSAPP)
    stage.customer(phone=ADA, first_name="Ada")
    come_in(stage, account, "text")
    [row] = stage.rows(schema.customers, store_id=stage.store_id, phone=ADA)
    ordered(stage, row.id)
    stage.work()
    [one] = sent(whatsapp)
    assert one["text"].startswith("Hi Ada, shall we hold it?")
    assert [b["label"] for b in one["buttons"]] == ["Yes", "Talk to an agent"]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"whatsapp_consent": None, "sms_consent": "subscribed"}, "no_consent"),
        ({"whatsapp_consent": "unsubscribed"}, "unsubscribed"),
        ({"phone": METAS_NUMBER}, "country_closed"),
    ],
)
def test_who_may_not_be_written_to_is_left_out_with_the_reason(
    stage: Stage, account: ChannelAccount, whatsapp: WhatsApp, columns: dict[str, Any], reason: str
) -> None:
    a_flow(stage, BY_WHATSAPP)
    bought(stage, **columns)
    assert (the_message(stage).state, the_message(stage).reason) == ("skipped", reason)
    assert sent(whatsapp) == []


def test_a_template_that_is_paused_meanwhile_lets_the_next_channel_take_over(
    stage: Stage, account: ChannelAccount, whatsapp: WhatsApp
) -> None:
    a_flow(stage, EITHER)
    with stage.database.writing() as connection:
        key = ("cart_reminder", "en_US")
        whatsapp_templates.note(connection, stage.store_id, key, status="paused", reason=None)
    bought(stage)
    row = the_message(stage)
    assert (row.state, row.channel) == ("sent", "email")
    assert row.passed_over == [{"channel": "whatsapp", "reason": "template_refused"}]


def test_a_flow_with_a_template_that_cannot_be_sent_does_not_go_live(
    stage: Stage, account: ChannelAccount
) -> None:
    paused = {**SAID, "template": "spring_sale", "parameters": {}}
    with pytest.raises(BadFlow) as refused:
        a_flow(stage, {**BY_WHATSAPP, "template": {"whatsapp": paused}})
    [problem] = refused.value.problems
    assert (problem.step, problem.field) == ("mail", "whatsapp.template")


def test_a_window_that_meta_counts_as_closed_sends_the_template_instead(
    stage: Stage, account: ChannelAccount, whatsapp: WhatsApp
) -> None:
    a_flow(stage, BY_WHATSAPP)
    stage.customer(phone=ADA, first_name="Ada", whatsapp_consent="subscribed")
    come_in(stage, account, "text")
    whatsapp.faults.order(Fault("whatsapp", "reply", code=131047, text="Re-engagement"))
    [row] = stage.rows(schema.customers, store_id=stage.store_id, phone=ADA)
    ordered(stage, row.id)
    stage.work()
    assert the_message(stage).state == "retry_wait"
    stage.change(schema.messages, the_message(stage).id, state="due", retry_at=None)
    stage.work()
    assert the_message(stage).state == "sent"
    assert sent(whatsapp)[0]["text"].startswith("Hi Ada, your ")


def test_statuses_late_twice_and_in_any_order_end_where_they_should(
    stage: Stage, account: ChannelAccount, whatsapp: WhatsApp
) -> None:
    a_flow(stage, BY_WHATSAPP)
    bought(stage)
    ours = the_message(stage).id
    for name in ("read", "sent", "read", "delivered"):
        [status] = _statuses(name)
        come_in(stage, account, name, statuses=[{**status, "biz_opaque_callback_data": ours}])
    row = the_message(stage)
    assert (row.state, row.reason) == ("read", None)
    assert row.opened_at
    assert row.delivered_at


def test_a_capped_customer_gets_no_marketing_there_for_a_day(
    stage: Stage, account: ChannelAccount, whatsapp: WhatsApp
) -> None:
    a_flow(stage, BY_WHATSAPP)
    customer = bought(stage)
    ours = the_message(stage).id
    [status] = _statuses("failed_marketing_cap")
    told = {**status, "biz_opaque_callback_data": ours}
    come_in(stage, account, "failed_marketing_cap", statuses=[told])
    first = the_message(stage)
    assert (first.state, first.reason.startswith("Meta 131049")) == ("failed", True)
    stage.pass_time(timedelta(hours=23))
    ordered(stage, customer)
    stage.work()
    second = next(one for one in stage.messages() if one.id != ours)
    assert (second.state, second.reason) == ("skipped", "resting")
    stage.pass_time(2 * HOUR)
    ordered(stage, customer)
    stage.work()
    assert sorted(one.state for one in stage.messages()) == ["failed", "sent", "skipped"]


def _statuses(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = RECORDED[name]["value"]["statuses"]
    return found


def test_more_answers_than_buttons_are_a_list_whose_tapped_row_chooses_the_way(
    stage: Stage, account: ChannelAccount, whatsapp: WhatsApp
) -> None:
    names = ("Red", "Green", "Blue", "Any other colour, please")
    on = {"channel": "whatsapp", "message_kind": "transactional"}
    ask = {
        **on, "kind": "ask", "id": "colour", "template": {"chat": {"text": "Which colour?"}},
        "answers": [
            {"key": f"k{number}", "label": name, "steps": [
                {**on, "kind": "message", "id": f"m{number}",
                 "template": {"chat": {"text": f"You chose {name}."}}}]}
            for number, name in enumerate(names)
        ],
    }  # fmt: skip
    a_flow(stage, ask, trigger={"event": "message.received", "channel": "whatsapp"})
    come_in(stage, account, "text")
    stage.work()
    [asked] = sent(whatsapp)
    assert [one["label"] for one in asked["buttons"]] == [*names, "Talk to an agent"]
    assert {one["of"] for one in asked["buttons"]} == {"list"}
    row = asked["buttons"][3]
    reply = {"id": row["payload"], "title": row["label"]}
    message = RECORDED["list_reply"]["value"]["messages"][0]
    answered = message | {"interactive": {"type": "list_reply", "list_reply": reply}}
    for _ in range(2):
        come_in(stage, account, "list_reply", messages=[answered])
    assert [one["text"] for one in sent(whatsapp)] == [
        "Which colour?", "You chose Any other colour, please."
    ]  # fmt: skip
