"""A stop is heard in many words and languages; a sentence that only mentions it is not one."""

import pytest

from marketing.keywords import LONGEST, Wish, keyword_of, wish_of


@pytest.mark.parametrize(
    "text",
    [
        "STOP", "stop.", "Stop!!", "stop please", "STOP ALL", "quit", "End", "revoke", "opt out",
        "OPT-OUT", "cancel", "unsubscribe", "Unsubscribe me", "please stop texting me",
        "Arrêter svp",
        "stop sending me messages", "don't text me", "don\u2019t contact me again",
        "do not message me", "take me off this list", "remove me from your list",
        "I want to unsubscribe", "no more texts", "leave me alone", "wrong number",
        "Abmelden", "stopp", "bitte keine SMS mehr", "arrêt", "ARRÊTER", "désinscrire", "baja",
        "no me escriban más", "annulla", "afmelden", "avsluta", "zrušit".replace("it", ""),
        "стоп", "отписаться", "停止", "退订", "إلغاء", "per favore non scrivete più",
        "pare de me enviar SMS", "geen sms meer", "inga fler sms tack", "basta messaggi",
    ],
)  # fmt: skip
def test_a_stop_is_heard(text: str) -> None:
    assert wish_of(text) is Wish.STOP


@pytest.mark.parametrize(
    "text",
    [
        "when does the sale stop?", "don't stop the sale", "can you help me choose a size",
        "yes please, size 8", "cancel my order 1001", "I end up with two", "no", "", "!!!",
        "stop by the store?", "subscribe and save 10%?", "start with a small size",
        "stop " * (LONGEST // 4),
    ],
)  # fmt: skip
def test_what_only_mentions_it_is_a_message_like_any_other(text: str) -> None:
    assert wish_of(text) is None


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("START", Wish.START),
        ("unstop", Wish.START),
        ("Ja bitte", Wish.START),
        ("please subscribe me again", Wish.START),
        ("opt me back in", Wish.START),
        ("I want your texts again", Wish.START),
        ("bitte melden Sie mich wieder an", Wish.START),
        ("Старт", Wish.START),
        ("HELP", Wish.HELP),
        ("Hjälp!", Wish.HELP),
        ("YARDIM", Wish.HELP),
        ("ヘルプ", Wish.HELP),
        ("Hilfe!", Wish.HELP),
        ("info", Wish.HELP),
        ("stop start", None),
    ],
)
def test_start_and_help_are_heard(text: str, wish: Wish | None) -> None:
    assert wish_of(text) is wish


@pytest.mark.parametrize(
    ("text", "keyword"),
    [(" Stock? ", "stock"), ("Größe 42", "grösse 42"), ("?!", None), ("a" * 41, None)],
)
def test_a_short_message_is_a_keyword(text: str, keyword: str | None) -> None:
    assert keyword_of(text) == keyword
