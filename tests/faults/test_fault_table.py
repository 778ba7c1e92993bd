"""Which test shows which fault on which channel; a place that names no test fails.

Numbers are those of the reliability contract. What a channel's provider cannot do says why. Text
messages stand there by each of their providers: `sms` is Twilio.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROVIDED = ("email", "sms", "plivo", "whatsapp", "messenger", "instagram")
CHANNELS = (*PROVIDED, "webchat")
EACH = "tests/faults/test_channel_faults.py::"
BY_LINK = EACH + "test_an_unsubscribing_by_the_link_comes_in_time_for_mail_that_is_claimed"
ODD = "tests/channels/test_odd_answers.py::"
SMTP = "tests/channels/test_smtp.py::"
META = "tests/channels/test_meta.py::"
BY_PLIVO = "tests/channels/test_plivo.py::"
DOOR = "tests/test_callback_door.py::"
MAIL_TELLS_NOTHING = "none: plain SMTP has no reports and no callbacks"
NO_SNS = "none: nothing of ours is called by Amazon SNS"
NO_SMTP = "none: no SMTP there"
NO_BOUNCE = "none: Meta says at once whether it takes a message, and reports no bounce later"
NO_WORDS = "none: mail that comes back is not read; its link unsubscribes"
NO_TAG = "none: the tag is Messenger's and Instagram's"

Row = dict[str, str]


def of_chats(test: str, email: str) -> Row:
    return {"email": email, **dict.fromkeys(PROVIDED[1:], test)}


CHAT = "tests/faults/test_webchat_faults.py::"
CHAT_DOOR = "tests/test_webchat_door.py::"
OURS = "none: the chat has no provider: what we say is laid out in our own database"
BY_CHAT: Row = {
    "F20": CHAT + "test_a_report_that_comes_fifty_times_at_once_is_one",
    "F21": CHAT + "test_reports_backwards_and_twice_end_where_they_should",
    "F22": OURS,
    "F22, within a batch": CHAT + "test_a_stop_within_a_batch_holds_for_its_sender_alone",
    "F23": CHAT_DOOR + "test_a_forged_token_is_refused",
    "F24": CHAT_DOOR + "test_what_a_browser_posts_is_kept_as_the_channel_reads_it",
    "F25": NO_SNS,
    "F31": OURS,
    "F31, tries": OURS,
    "F31, neighbours": OURS,
    "F32": "tests/channels/test_webchat.py::"
           "test_a_lost_answer_is_tried_again_and_the_reason_holds_nothing_of_the_database",
    "F33": CHAT + "test_what_was_laid_out_without_our_hearing_of_it_is_there_once",
    "F34": "tests/channels/test_webchat.py::"
           "test_a_lost_answer_is_tried_again_and_the_reason_holds_nothing_of_the_database",
    "F35": NO_SMTP,
    "F35, TLS": NO_SMTP,
    "F36": OURS,
    "F45": CHAT + "test_a_stop_after_the_claim_comes_in_time",
    "F45, only mentioned": CHAT + "test_what_only_mentions_stopping_stops_nothing_and_waits_"
                                  "for_somebody_to_read_it",
    "F46": CHAT + "test_an_agent_asked_for_after_the_claim_holds_the_message",
    "F47": NO_TAG,
    "F48": CHAT + "test_who_is_erased_is_not_written_to_and_late_reports_bring_nothing_back",
}  # fmt: skip
BY_PROVIDER: dict[str, Row] = {
    "F20": of_chats(EACH + "test_a_report_that_comes_fifty_times_at_once_is_one",
                    MAIL_TELLS_NOTHING),
    "F21": of_chats(EACH + "test_reports_backwards_and_twice_end_where_they_should",
                    MAIL_TELLS_NOTHING),
    "F22": {
        "email": "tests/jobs/test_deliver.py::"
                 "test_an_address_that_does_not_exist_is_never_written_to_again",
        "sms": "tests/jobs/test_receive.py::test_a_number_that_is_gone_is_not_texted_again",
        "plivo": BY_PLIVO + "test_a_status_names_our_message_by_its_address",
        "whatsapp": "tests/jobs/test_whatsapp_messages.py::"
                    "test_a_capped_customer_gets_no_marketing_there_for_a_day",
        "messenger": NO_BOUNCE,
        "instagram": NO_BOUNCE,
    },
    "F22, within a batch": of_chats(
        EACH + "test_a_stop_within_a_batch_holds_for_its_sender_alone_and_whatever_is_told_later",
        BY_LINK,
    ),
    "F23": {
        "email": MAIL_TELLS_NOTHING,
        "sms": "tests/channels/test_twilio_signature.py::"
               "test_a_callback_that_was_touched_is_refused",
        "plivo": BY_PLIVO + "test_a_callback_that_was_touched_is_refused",
        "whatsapp": "tests/channels/test_whatsapp.py::"
                    "test_only_metas_signature_of_these_very_bytes_opens_the_door",
        "messenger": META + "test_a_forged_signature_is_refused",
        "instagram": META + "test_a_forged_signature_is_refused",
    },
    "F24": {
        "email": MAIL_TELLS_NOTHING,
        "sms": DOOR + "test_what_the_provider_signed_is_kept_before_it_is_answered",
        "plivo": EACH + "test_a_report_that_comes_fifty_times_at_once_is_one",
        "whatsapp": EACH + "test_a_report_that_comes_fifty_times_at_once_is_one",
        "messenger": DOOR + "test_what_metas_secret_of_this_store_signed_is_kept_once",
        "instagram": EACH + "test_a_report_that_comes_fifty_times_at_once_is_one",
    },
    "F25": dict.fromkeys(PROVIDED, NO_SNS),
    "F31": of_chats(ODD + "test_a_wait_however_it_is_told_is_heeded_within_reason",
                    SMTP + "test_greylisting_waits_five_minutes"),
    "F31, tries": of_chats(EACH + "test_a_provider_that_asks_for_patience_uses_up_no_tries",
                           "tests/jobs/test_deliver.py::"
                           "test_a_mailbox_that_is_busy_is_tried_again_in_real_time"),
    "F32": of_chats(ODD + "test_an_odd_answer_is_never_taken_for_a_yes_nor_asked_twice",
                    SMTP + "test_each_answer_means_what_the_table_says"),
    "F33": of_chats(
        EACH + "test_what_was_taken_without_an_answer_is_found_again_and_never_sent_twice",
        EACH + "test_mail_taken_without_an_answer_is_shown_as_unknown_and_never_sent_twice",
    ),
    "F34": of_chats(ODD + "test_an_odd_answer_is_never_taken_for_a_yes_nor_asked_twice",
                    SMTP + "test_after_the_dot_a_lost_answer_is_unknown"),
    "F35": of_chats(NO_SMTP, SMTP + "test_each_answer_means_what_the_table_says"),
    "F35, TLS": of_chats(NO_SMTP, SMTP + "test_where_it_is_stripped_no_password_is_sent"),
    "F36": of_chats(
        EACH + "test_refused_credentials_are_tried_thrice_hold_the_rest_and_go_on_with_good_ones",
        SMTP + "test_three_refused_senders_in_a_row_pause_the_channel",
    ),
    "F45": of_chats(EACH + "test_a_stop_after_the_claim_comes_in_time",
                    BY_LINK),
    "F45, only mentioned": of_chats(
        EACH + "test_what_only_mentions_stopping_stops_nothing_and_waits_for_somebody_to_read_it",
        NO_WORDS,
    ),
    "F31, neighbours": of_chats(
        EACH + "test_while_a_provider_asks_one_store_for_patience_another_goes_on",
        EACH + "test_while_one_stores_mailboxes_ask_for_patience_another_goes_on",
    ),
    "F46": of_chats(EACH + "test_an_agent_asked_for_after_the_claim_holds_the_message",
                    "tests/jobs/test_conversations.py::"
                    "test_a_message_already_claimed_is_held_before_its_hand_over"),
    "F47": dict.fromkeys(PROVIDED[:4], NO_TAG) | dict.fromkeys(
        PROVIDED[4:], "tests/channels/test_meta_inbox.py::"
        "test_an_automated_message_out_of_its_window_is_never_on_the_wire"),
    "F48": of_chats(
        EACH + "test_who_is_erased_is_not_written_to_and_late_reports_bring_nothing_back",
        "tests/jobs/test_privacy.py::test_late_webhooks_do_not_bring_an_erased_person_back",
    ),
}  # fmt: skip
TABLE = {fault: {**row, "webchat": BY_CHAT[fault]} for fault, row in BY_PROVIDER.items()}
WANTED = {*range(20, 26), *range(31, 37), *range(45, 49)}


def test_every_fault_has_its_row_and_every_row_all_channels() -> None:
    assert {int(name.partition(",")[0][1:]) for name in TABLE} == WANTED
    assert {tuple(sorted(row)) for row in TABLE.values()} == {tuple(sorted(CHANNELS))}
    assert BY_CHAT.keys() == BY_PROVIDER.keys()


@pytest.mark.parametrize("fault", TABLE)
def test_what_the_table_names_is_there(fault: str) -> None:
    for channel, named in TABLE[fault].items():
        path, _, test = named.partition("::")
        assert path.startswith("none: ") or test in named_in(path), (channel, named)


@cache
def named_in(path: str) -> frozenset[str]:
    """Name the tests of a file, those in classes too."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))
