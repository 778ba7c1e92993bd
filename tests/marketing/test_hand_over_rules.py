"""When a person takes over: asked for, too grave for a machine, or the bot got nowhere."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.agent_wish import agent_wish, words_of
from marketing.frustration import (
    HAND_OVER,
    OFFER,
    Because,
    Score,
    Turn,
    is_closing,
    score,
    wants_refund_angrily,
)
from marketing.hand_over_rules import (
    FRUSTRATION,
    UNANSWERED,
    Found,
    Standing,
    Then,
    settled,
)
from marketing.risk_intents import Risk, risk_of

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


# --- a person is asked for ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("agent", "agent_word:en"),
        ("AGENT!!!", "agent_word:en"),
        ("heeeelp", "agent_word:en"),
        ("Real person, please", "agent_word:en"),
        ("can I talk to a human?", "agent_phrase:en"),
        ("Please connect me with someone", "agent_phrase:en"),
        ("let me speak to a manager", "agent_phrase:en"),
        ("I want a real human being", "agent_phrase:en"),
        ("I want a real human", "agent_word:en"),
        ("real human being", "agent_word:en"),
        ("actual person please", "agent_word:en"),
        ("can I speak with a person", "agent_phrase:en"),
        ("I'd like an actual person, please", "agent_phrase:en"),
        ("I need a human", "agent_word:en"),
        ("give me a live person now", "agent_phrase:en"),
        ("necesito una persona de verdad", "agent_phrase:es"),
        ("quiero un agente", "agent_word:es"),
        ("quero uma pessoa real", "agent_phrase:pt"),
        ("je veux un vrai humain", "agent_word:fr"),
        ("je voudrais une vraie personne", "agent_phrase:fr"),
        ("Ich möchte einen echten Menschen", "agent_phrase:de"),
        ("Ich brauche einen Mitarbeiter", "agent_word:de"),
        ("voglio una persona vera", "agent_phrase:it"),
        ("ik wil een echt persoon", "agent_phrase:nl"),
        ("jag vill ha en riktig människa", "agent_phrase:sv"),
        ("chcę żywego człowieka", "agent_phrase:pl"),
        ("мне нужен живой человек", "agent_phrase:ru"),
        ("gerçek bir insan istiyorum", "agent_phrase:tr"),
        ("Agente por favor", "agent_word:es"),
        ("quiero hablar con una persona", "agent_phrase:es"),
        ("atendente", "agent_word:pt"),
        ("falar com atendente", "agent_phrase:pt"),
        ("Conseiller svp", "agent_word:fr"),
        ("je veux parler à quelqu'un", "agent_phrase:fr"),
        ("Mitarbeiter", "agent_word:de"),
        ("Hilfe!!", "agent_word:de"),
        ("YARDIM", "agent_word:tr"),
        ("Kann ich mit einem Menschen sprechen?", "agent_phrase:de"),
        ("operatore", "agent_word:it"),
        ("vorrei parlare con un operatore", "agent_phrase:it"),
        ("medewerker aub", "agent_word:nl"),
        ("człowiek", "agent_word:pl"),
        ("müşteri hizmetleri", "agent_word:tr"),
        ("MUSTERI HIZMETLERI", "agent_word:tr"),
        ("hjälp", "agent_word:sv"),
        ("hjælp", "agent_word:da"),
        ("kundebehandler", "agent_word:nb"),
        ("asiakaspalvelija", "agent_word:fi"),
        ("Člověk", "agent_word:cs"),
        ("оператор", "agent_word:ru"),
        ("позовите оператора", "agent_phrase:ru"),
        ("допомога", "agent_word:uk"),
        ("موظف", "agent_word:ar"),
        ("شخص حقيقي", "agent_word:ar"),
        ("נציג", "agent_word:he"),
        ("मदद", "agent_word:hi"),
        ("इंसान से बात करनी है", "agent_phrase:hi"),
        ("担当者", "agent_word:ja"),
        ("人と話したいです", "agent_phrase:ja"),
        ("상담원", "agent_word:ko"),
        ("상담원 연결해 주세요", "agent_phrase:ko"),
        ("人工", "agent_word:zh"),
        ("请帮我转人工", "agent_phrase:zh"),
        ("nhân viên", "agent_word:vi"),
        ("bicara dengan agen", "agent_phrase:id"),
    ],
)
def test_a_person_is_asked_for_in_many_languages(text: str, rule: str) -> None:
    assert agent_wish(text) == rule


@pytest.mark.parametrize(
    "text",
    [
        "help me choose a size",
        "I'm a human being and sizes vary",
        "I want a human skeleton costume",
        "I want a real human hair wig",
        "do you need a person's name for the gift?",
        "I don't want a real person",
        "need a personal gift for an agent",
        "quiero una persona pintada en la taza",
        "Ich möchte einen Mitarbeiter-Rabatt",
        "je veux un humain en peluche",
        "can you help me with my order",
        "Agent Provocateur",
        "do you sell human hair wigs",
        "is the Secret Agent costume in stock",
        "customer service hours?",
        "I don't want to talk to an agent",
        "no quiero hablar con un agente",
        "ich will nicht mit einem Menschen sprechen",
        "人工智能",
        "人造革的包还有吗",
        "what is your return policy",
        "Mensch ärgere dich nicht",
        "L'aide à domicile, ça existe ?",
        "personal trainer set",
        "",
        "   ",
        "!!!",
        "I talked to someone at your store yesterday and they said that you ship to Norway",
    ],
)
def test_what_only_contains_such_a_word_stays_with_the_bot(text: str) -> None:
    assert agent_wish(text) is None


def test_a_store_has_words_of_its_own() -> None:
    assert agent_wish("Conciérge!", ["concierge"]) == "agent_word:own"
    assert agent_wish("concierge bag", ["concierge"]) is None
    assert agent_wish("hi", ["", "!!"]) is None


@given(st.text(max_size=200))
def test_any_text_is_read_and_read_alike_in_capitals_of_its_words(text: str) -> None:
    found = words_of(text)
    assert words_of(" ".join(found)) == found
    assert agent_wish(text) is None or agent_wish(" ".join(found)) is not None
    risk_of(text)
    assert 0 <= score([Turn(text, NOON)]).points <= 100


# --- what no machine answers ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("I will file a chargeback tomorrow", Risk.CHARGEBACK),
        ("Ich lasse die Zahlung zurückbuchen", Risk.CHARGEBACK),
        ("haré un contracargo", Risk.CHARGEBACK),
        ("je vais contester le prélèvement", Risk.CHARGEBACK),
        ("this is a SCAM", Risk.FRAUD),
        ("Das ist Betrug!", Risk.FRAUD),
        ("es una estafa", Risk.FRAUD),
        ("c'est une arnaque", Risk.FRAUD),
        ("you will hear from my lawyer", Risk.LEGAL),
        ("Sie hören von meinem Anwalt", Risk.LEGAL),
        ("voy a hablar con mi abogado", Risk.LEGAL),
        ("je vais porter plainte", Risk.LEGAL),
        ("I had an allergic reaction to the cream", Risk.INJURY),
        ("Ich habe einen Hautausschlag davon", Risk.INJURY),
        ("me quemó la piel", Risk.INJURY),
        ("mon fils est blessé", Risk.INJURY),
        ("please delete my data", Risk.PRIVACY),
        ("Löschen Sie meine Daten nach DSGVO", Risk.PRIVACY),
        ("quiero borrar mis datos", Risk.PRIVACY),
        ("supprimez mes données", Risk.PRIVACY),
        ("your staff is racist", Risk.DISCRIMINATION),
        ("Ich wurde diskriminiert", Risk.DISCRIMINATION),
        ("I want to kill myself", Risk.SELF_HARM),
        ("ich will nicht mehr leben", Risk.SELF_HARM),
        ("quiero morir", Risk.SELF_HARM),
        ("j'ai envie de mourir", Risk.SELF_HARM),
        ("my lawyer says I should kill myself", Risk.SELF_HARM),
    ],
)
def test_what_a_person_must_answer(text: str, risk: Risk) -> None:
    assert risk_of(text) is risk


@pytest.mark.parametrize(
    "text",
    [
        "is it hypoallergenic?",
        "do you have a rash guard in M",
        "this colour is to die for",
        "Suicide Squad poster, is it in stock",
        "avocat toast",
        "do you have the lawyer costume",
        "how long does delivery take",
        "cancel my order please",
        "the killer heels",
        "ist die Farbe rot noch da",
    ],
)
def test_what_only_sounds_grave(text: str) -> None:
    assert risk_of(text) is None


@pytest.mark.parametrize(
    ("text", "is_cross"),
    [
        ("This is ridiculous, I want a refund now", True),
        ("Frechheit, ich will mein Geld zurück", True),
        ("how do I get a refund?", False),
        ("terrible weather here", False),
    ],
)
def test_money_back_in_anger(text: str, is_cross: bool) -> None:
    assert wants_refund_angrily(text) is is_cross


# --- what it comes to -----------------------------------------------------------------------

GUESS = Found(UNANSWERED)
FULL = Standing(within_hour=5, most_an_hour=5)


@pytest.mark.parametrize(
    ("found", "standing", "then"),
    [
        (GUESS, Standing(within_hour=4, most_an_hour=5), Then.HAND_OVER),
        (GUESS, FULL, Then.OVER_LIMIT),
        (GUESS, replace(FULL, offered_at=NOON), Then.OVER_LIMIT),
        (GUESS, replace(FULL, over_limit_at=NOON - timedelta(minutes=59)), None),
        (GUESS, replace(FULL, over_limit_at=NOON - timedelta(minutes=60)), Then.OVER_LIMIT),
        (GUESS, replace(FULL, is_automatic=False), Then.OFFER),
        (GUESS, replace(FULL, is_automatic=False, offered_at=NOON), None),
        (GUESS, replace(FULL, not_needed_at=NOON - timedelta(hours=23)), None),
        (Found(FRUSTRATION, Then.OFFER), FULL, Then.OFFER),
        (Found("agent_word:en"), replace(FULL, not_needed_at=NOON), Then.HAND_OVER),
        (Found("risk:legal"), FULL, Then.HAND_OVER),
    ],
)
def test_a_guess_keeps_to_the_hour_and_whoever_asks_does_not(
    found: Found, standing: Standing, then: Then | None
) -> None:
    assert settled(found, standing, NOON) is then


# --- how it goes ----------------------------------------------------------------------------


def said(*texts: str, gap: int = 60, is_answered: bool = True) -> list[Turn]:
    return [
        Turn(text, NOON + timedelta(seconds=gap * at), is_answered) for at, text in enumerate(texts)
    ]


def rules(found: Score) -> dict[str, int]:
    return {one.rule: one.points for one in found.because}


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("WHERE IS MY ORDER???", {"exclaims": 10, "shouts": 10}),
        ("this is the third time I ask", {"asked_before": 25}),
        ("nothing works. still not working", {"asked_before": 25, "negative": 15}),
        ("what a ridiculous service", {"very_negative": 25}),
        ("Das ist eine Frechheit!!!", {"exclaims": 10, "very_negative": 25}),
        ("wtf", {"profanity": 25}),
        ("👎", {"thumbs_down": 40}),
        ("the dress is sick!!", {}),
        ("I'm so mad I missed the sale", {}),
        ("Is this still in stock?", {}),
        ("OK", {}),
        ("thanks again!", {}),
        ("Do you ship to Norway? And how much is it?", {}),
    ],
)
def test_each_rule_gives_its_points(text: str, points: dict[str, int]) -> None:
    found = {rule: given for rule, given in rules(score(said(text))).items() if given > 0}
    assert found == points


def test_the_same_again_and_no_answer_add_up_to_a_person() -> None:
    turns = said("where is my parcel", "where is my parcel??", is_answered=False)
    found = score(turns)
    assert rules(found) == {"unanswered_twice": 35, "said_again": 25}
    assert found.points >= HAND_OVER


def test_one_cross_message_is_at_most_an_offer_and_fades() -> None:
    cross = score(said("This is useless!!! third time i ask"))
    assert (cross.points, cross.points >= OFFER) == (60, True)
    later = score(said("This is useless!!! third time i ask", "what sizes are there"))
    assert later.points == 36
    thanked = score(said("This is useless!!! third time i ask", "thanks, perfect"))
    assert thanked.points == 6


def test_what_was_long_ago_counts_no_more() -> None:
    old = Turn("this is useless!!!", NOON - timedelta(minutes=31))
    assert score([old, Turn("hello", NOON)]) == Score(0)


def test_shouting_counts_when_it_begins() -> None:
    assert score(said("MY NAME IS ADA", "I LIVE IN OSLO")).because == (Because("shouts", 6),)


def test_many_in_a_rush_are_impatient_and_nobody_is_silent_twice_by_thanking() -> None:
    assert "rapid" in rules(score(said("hi", "are you there", "my order", gap=5)))
    assert "unanswered_twice" not in rules(score(said("hi there", "thanks", is_answered=False)))


@pytest.mark.parametrize("text", ["thanks!", "Vielen Dank", "👍", "ok", "merci, parfait"])
def test_thanks_end_a_talk(text: str) -> None:
    assert is_closing(text)


@pytest.mark.parametrize("text", ["thanks for nothing, terrible service", "👎", "where is it", ""])
def test_what_is_no_end(text: str) -> None:
    assert not is_closing(text)


@given(st.lists(st.text(max_size=40), max_size=8), st.integers(0, 600))
def test_a_score_is_the_sum_of_its_reasons_within_its_bounds(texts: list[str], gap: int) -> None:
    found = score(said(*texts, gap=gap, is_answered=False))
    assert 0 <= found.points <= 100
    if found.points:
        assert found.because
