"""What a provider refused is said in plain words with a remedy; its code alone says nothing."""

import pytest

from channels.explained import explained
from channels.meta_errors import ANY, GRAPH, MESSAGING
from channels.sms import plivo_errors, twilio
from channels.whatsapp_errors import WHATSAPP
from marketing.said import in_language

TWILIO = {
    *twilio.NO_SUCH_NUMBER,
    twilio.OPTED_OUT,
    *twilio.BUSY,
    *twilio.NOT_OURS_TO_SEND,
}
META = {**GRAPH, **MESSAGING, **WHATSAPP}


def told(refusal: str) -> str:
    found = explained(refusal)
    assert found is not None, refusal
    return found


def is_unknown(refusal: str) -> bool:
    return "not known here" in told(refusal)


def test_every_code_of_our_tables_is_said_in_words() -> None:
    refusals = [f"Twilio {code}: no words" for code in TWILIO]
    refusals += [f"Plivo {code}: {words}" for code, words in plivo_errors.WORDS.items()]
    for code, subcode in META:
        number = 10 if code == ANY else code
        refusals.append(f"Meta {number}/{subcode}: no words" if subcode else f"Meta {number}: no")
    assert [one for one in refusals if is_unknown(one)] == []


def test_each_says_what_happened_and_what_to_do_in_german_too() -> None:
    for refusal in (f"Twilio {code}" for code in sorted(TWILIO)):
        words = told(refusal)
        assert words.count(".") >= 2, words
        assert in_language(words, "de") != words


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ("Twilio 30008", "the carrier does not say why"),
        ("Meta 10/2018278: This message is sent outside of allowed window.", "time to answer"),
        ("Meta 131026: Message undeliverable", "no WhatsApp"),
        ("Meta 200/1545041: This person is not available", "lacks a permission"),
        ("Meta 503: no words", "fault of its own"),
        ("Twilio 401: no words", "not accepted"),
        ("Plivo 400: '1' is not a valid phone number", "no such number"),
        ("ConnectTimeout: the provider was not reached", "could not be reached"),
        ("ReadTimeout: the provider's answer was lost", "may have gone out"),
        ("the text has 5000 letters, and WhatsApp takes 4096", "Shorten it"),
        ("550 5.1.1 no such user here", "no such email address"),
        ("452 4.2.2 mailbox full", "mailbox is full"),
        ("Meta: ACCOUNT_RESTRICTION (SPAM)", "restricted your WhatsApp account"),
    ],
)
def test_a_refusal_is_read_by_whose_it_is(refusal: str, words: str) -> None:
    assert words in told(refusal)


def test_a_code_of_no_table_is_said_to_be_unknown_and_is_not_guessed_at() -> None:
    assert told("Twilio 99999: something new") == (
        "Twilio gave a reason that is not known here. Its help explains the code below."
    )


@pytest.mark.parametrize("words", [None, "", "somebody's words", "554 spam", "Twilio"])
def test_what_is_nobodys_code_is_left_as_it_was_told(words: str | None) -> None:
    assert explained(words) is None
