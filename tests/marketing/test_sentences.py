"""Flows as sentences and back: recipes, typed sentences, what is not understood, and any flow."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing import flow_schema, recipes, sentences
from marketing.conditions import OPS
from marketing.events import EventName
from marketing.flow import Flow
from marketing.sentences import LANGUAGES, NotUnderstood, Spoken
from marketing.sentences.phrases import Rule, grammar_of
from marketing.sentences.reading import Finish
from marketing.sentences.sparse import sparse
from marketing.timing import duration_of, iso_duration

Json = dict[str, Any]
FLOWS, SEGMENTS = {"f1": "Welcome", "f2": "We miss you"}, {"s1": "VIPs", "s2": "Sleepers"}
EN, DE = Spoken("en", "USD", FLOWS, SEGMENTS), Spoken("de", "EUR", FLOWS, SEGMENTS)
ASKED = (
    "If a customer adds to cart and does not buy within 1 hour, send an email, wait 23 hours, "
    "send an email with a 10% code that is valid for 2 days"
)
GEFRAGT = (
    "Wenn ein Kunde etwas in den Warenkorb legt und nicht innerhalb von einer Stunde kauft, sende "
    "eine E-Mail, warte 23 Stunden, sende eine E-Mail mit einem Code über 10 %, der 2 Tage gilt"
)


def kinds(document: Json) -> list[str]:
    return [step["kind"] for step in document["steps"]]


@pytest.mark.parametrize(("sentence", "spoken"), [(ASKED, EN), (GEFRAGT, DE)])
def test_the_sentence_of_the_brief_draws_the_flow(sentence: str, spoken: Spoken) -> None:
    document = sentences.read(sentence, spoken)
    flow_schema.load(document)
    assert document["trigger"] == {"event": "cart.abandoned", "idle": "PT1H"}
    assert kinds(document) == ["message", "delay", "coupon", "message"]
    mail, wait, code, offer = document["steps"]
    assert (mail["channel"], wait["duration"]) == ("email", "PT23H")
    assert (code["percent"], code["valid_for"], offer["coupon"]) == (10, "P2D", code["id"])
    assert document["exits"] == ["order.placed"]


@pytest.mark.parametrize("name", recipes.names())
@pytest.mark.parametrize("spoken", [EN, DE], ids=LANGUAGES)
def test_a_recipe_drawn_anew_from_its_own_sentence_is_the_same_flow(
    name: str, spoken: Spoken
) -> None:
    flow = recipes.load(name)
    before = flow_schema.dump(flow)
    drawn = sentences.redrawn(before, sentences.read(sentences.write(flow, spoken), spoken))
    again = flow_schema.load(drawn)
    assert sparse(again, spoken) == sparse(flow, spoken)
    assert list(again.steps_by_id) == list(flow.steps_by_id)
    for step_id, step in flow.steps_by_id.items():
        template = getattr(step, "template", None)
        assert getattr(again.steps_by_id[step_id], "template", None) == template


def test_whoever_takes_a_step_out_of_the_sentence_keeps_the_words_of_the_others() -> None:
    document = sentences.read(ASKED, EN)
    document["steps"][3]["template"]["subject"] = "Ours"
    drawn = sentences.redrawn(
        document, sentences.read("If a customer subscribes, send an email with a 10% code", EN)
    )
    code, offer = drawn["steps"]
    assert (code["id"], offer["coupon"], offer["template"]["subject"]) == (
        document["steps"][2]["id"], document["steps"][2]["id"], "Ours",
    )  # fmt: skip


def test_steps_that_are_new_take_ids_that_are_free_and_arms_keep_their_keys() -> None:
    fork = "split by chance: 50 % (send an email), 50 % (nothing)"
    document = sentences.read(f"If a customer subscribes, {fork}", EN)
    document["steps"][0]["variants"][1]["key"] = "c"
    document["steps"][0]["variants"][0]["steps"][0]["id"] = "message-2"
    more = "40 % (send an email, wait 1 hour, send an email), 40 % (nothing), 20 % (end)"
    drawn = sentences.redrawn(
        document, sentences.read(f"If a customer subscribes, split by chance: {more}", EN)
    )
    arms = drawn["steps"][0]["variants"]
    assert [arm["key"] for arm in arms] == ["a", "c", "c-2"]
    assert [step["id"] for step in arms[0]["steps"]] == ["message-2", "delay-1", "message-1"]
    flow_schema.load(drawn)


@pytest.mark.parametrize("name", recipes.names())
@pytest.mark.parametrize("spoken", [EN, DE], ids=LANGUAGES)
def test_every_recipe_is_a_sentence_that_says_all_of_it(name: str, spoken: Spoken) -> None:
    flow = recipes.load(name)
    again = flow_schema.load(sentences.read(sentences.write(flow, spoken), spoken))
    assert sparse(again, spoken) == sparse(flow, spoken)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("When somebody orders: wait a day. Then send them an e-mail.", ["delay", "message"]),
        ("If a customer subscribes, send an email and wait 24h and then end",
         ["message", "delay", "exit"]),
        ('If a customer gets the tag vip, add the tag "gold", tell the team "A VIP"',
         ["update_customer", "notify_staff"]),
        ("If a customer places an order, send an sms, otherwise", None),
        ("If a customer places an order, wait up to 3 days until a message is opened (end)",
         ["wait_for_event"]),
        ("If a customer places an order, split by chance: 50 % (send an email), 50 % (nothing)",
         ["split"]),
        ("If a customer leaves a cart for 1 hour, send an email with 10% off",
         ["coupon", "message"]),
        ("If a customer subscribes, send an email with a 15% discount that is valid for 3 days",
         ["coupon", "message"]),
        ("If a customer subscribes, text them", ["message"]),
        ("If a customer subscribes, email them, then after 2 days text the customer",
         ["message", "delay", "message"]),
        (("If a customer adds to cart and does not buy within 1 hour, email them. After 23 hours "
         "send an email with $5 off"), ["message", "delay", "coupon", "message"]),
        ("If a customer subscribes, in 3 days, message them on WhatsApp or by text", None),
        ("If a customer subscribes, in 3 days, message them on WhatsApp", ["delay", "message"]),
        ("If someone comments on our post, write a chat message", ["message"]),
        ('If somebody writes something with the word "size", unsubscribe them from sms and email',
         ["update_customer"]),
        (('When somebody sends us a message: ask them on WhatsApp "Did it fit?": if "Yes" (end), '
         'if "No" (hand over to a person "It did not fit")'), ["ask"]),
        (("When somebody sends us a message, ask them for their email address in the website chat. "
         "Then send them an email."), ["collect", "message"]),
        ("If a customer places an order, unless they have the tag vip (send an email)",
         ["condition"]),
    ],
)  # fmt: skip
def test_what_people_type_is_read_as_it_is_meant(sentence: str, expected: list[str] | None) -> None:
    if expected is None:
        with pytest.raises(NotUnderstood):
            sentences.read(sentence, EN)
        return
    document = sentences.read(sentence, EN)
    flow_schema.read(document)
    assert kinds(document) == expected


@pytest.mark.parametrize(
    ("told", "language", "currency", "minor"),
    [
        ("100 dollars", "en", "USD", 10_000), ("$100", "en", "USD", 10_000),
        ("100 Dollars", "en", "CAD", 10_000), ("100 usd", "en", "USD", 10_000),
        ("1,000 dollars", "en", "USD", 100_000), ("49.95 euros", "en", "EUR", 4_995),
        ("20 pounds", "en", "GBP", 2_000), ("5000 yen", "en", "JPY", 5_000),
        ("1.000 Euro", "de", "EUR", 100_000), ("49,95 €", "de", "EUR", 4_995),
        ("80 Franken", "de", "CHF", 8_000), ("12.345 KWD", "en", "KWD", 12_345),
    ],
)  # fmt: skip
def test_money_is_told_by_the_stores_currency_in_words_signs_and_codes(
    told: str, language: str, currency: str, minor: int
) -> None:
    sentence = {
        "en": f"If a customer has spent more than {told}, send an email",
        "de": f"Wenn ein Kunde mehr als {told} ausgegeben hat, sende eine E-Mail",
    }[language]
    spoken = Spoken(language, currency, FLOWS, SEGMENTS)
    document = sentences.read(sentence, spoken)
    assert document["trigger"] == {"event": "customer.reached", "spent": minor}
    flow = flow_schema.load(document)
    again = flow_schema.load(sentences.read(sentences.write(flow, spoken), spoken))
    assert sparse(again, spoken) == sparse(flow, spoken)


@pytest.mark.parametrize("told", ["100 euros", "100 €", "100 pounds", "100 GBP"])
def test_money_of_another_currency_is_none(told: str) -> None:
    with pytest.raises(NotUnderstood):
        sentences.read(f"If a customer has spent {told}, send an email", EN)


@pytest.mark.parametrize(
    ("sentence", "spoken"),
    [
        ("If a customer places an order, if they spent more than 100 dollars (send an email)", EN),
        (
            "Wenn jemand bestellt, falls er mehr als 100 Euro ausgegeben hat (sende eine E-Mail)",
            DE,
        ),
    ],
)
def test_what_somebody_spent_is_a_condition_as_one_says_it(sentence: str, spoken: Spoken) -> None:
    [asked] = sentences.read(sentence, spoken)["steps"]
    assert asked["condition"] == {"op": "gt", "field": "customer.spent", "value": 10_000}


def test_a_discount_is_a_code_in_german_too() -> None:
    begins = "Wenn ein Kunde etwas in den Warenkorb legt und nicht innerhalb von einer Stunde kauft"
    for said in ("mit 10 % Rabatt", "mit einem Code über 10 %", "mit einem Rabatt Code über 10 %"):
        document = sentences.read(f"{begins}, sende eine E-Mail {said}", DE)
        assert kinds(document) == ["coupon", "message"]
        assert document["steps"][0]["percent"] == 10


def test_a_text_and_a_chat_begin_with_words_of_their_own() -> None:
    text, chat = sentences.read(
        "If a customer adds to cart and does not buy within 1 hour, text them, then send them a "
        "WhatsApp message or an email with a 10% code",
        EN,
    )["steps"][0::2]
    assert text["template"]["sms"] == "It is still in your cart. {{ cart.url }}"
    told = chat["template"]["chat"]
    assert "{{ coupon.code }}" in told["text"]
    assert told["buttons"] == [{"label": "Back to your cart", "url": "{{ cart.url }}"}]


@pytest.mark.parametrize("sentence", [
    ("Wenn jemand unseren Beitrag kommentiert, schreibe ihm per Instagram, nach 2 Tagen sende eine "
    "Nachricht im Chat mit 5 € Rabatt"),
    ("Sobald jemand uns in einer Story erwähnt, schreib ihm über Instagram, nach weiteren 2 Tagen "
    "sende eine Chat-Nachricht mit einem Code über 5 EUR"),
])  # fmt: skip
def test_chats_and_a_wait_in_one_breath_are_understood_in_german_too(sentence: str) -> None:
    document = sentences.read(sentence, DE)
    flow_schema.read(document)
    assert kinds(document) == ["message", "delay", "coupon", "message"]
    assert (document["steps"][2]["off"], document["steps"][2]["amount"]) == ("amount", 500)
    assert document["steps"][3]["channel"] == "webchat"


def test_a_branch_without_brackets_takes_all_up_to_otherwise() -> None:
    document = sentences.read(
        "If a customer places an order, wait 2 days, if the number of orders is at least 2 and the "
        'country is "DE", send an email, wait 1 day, otherwise send a text message',
        EN,
    )
    assert kinds(document) == ["delay", "condition"]
    fork = document["steps"][1]
    assert fork["condition"]["op"] == "all"
    assert [step["kind"] for step in fork["yes"]] == ["message", "delay"]
    assert [step["channel"] for step in fork["no"]] == ["sms"]


@pytest.mark.parametrize(
    ("sentence", "word", "possible"),
    [
        ("If a customer places an order, send a pigeon", "pigeon", "a channel such as"),
        ("When it rains, send an email", "rains", "a beginning such as"),
        ("If a customer places an order, send an email, wait", "", "a duration such as"),
        ("If a customer places an order, dance", "dance", "a step such as"),
        ("If a customer places an order, wait 23 bananas", "bananas", "a duration such as"),
        ("If a customer has spent 50 GBP, send an email", "50", "an amount"),
    ],
)
def test_a_word_that_is_not_understood_is_named_with_what_is_possible(
    sentence: str, word: str, possible: str
) -> None:
    with pytest.raises(NotUnderstood) as refused:
        sentences.read(sentence, EN)
    error = refused.value
    assert error.word == word
    assert sentence[error.at : error.at + len(word)] == word
    assert any(possible in one for one in error.possible), error.possible
    message, remedy = sentences.explained(error, "en")
    assert (word in message) or not word
    assert remedy.startswith("Possible here: ")


def test_flows_and_segments_are_told_by_name_and_unknown_ones_refused() -> None:
    document = sentences.read(
        'If a customer enters the segment "vips", start the flow "Welcome"', EN
    )
    assert document["trigger"]["segment"] == "s1"
    assert document["steps"][0]["flow"] == "f1"
    told = sentences.write(flow_schema.read(document), EN)
    assert '"VIPs"' in told
    assert '"Welcome"' in told
    with pytest.raises(NotUnderstood) as refused:
        sentences.read('If a customer enters the segment "Nobody", send an email', EN)
    assert refused.value.word == '"Nobody"'
    assert refused.value.possible == ("“VIPs”", "“Sleepers”")


def test_what_is_possible_is_quoted_as_its_language_quotes() -> None:
    for sentence in (
        "Wenn ein Kunde eine Bestellung aufgibt, sende eine Brieftaube",
        'Wenn ein Kunde in das Segment "Niemand" kommt, sende eine E-Mail',
    ):
        with pytest.raises(NotUnderstood) as refused:
            sentences.read(sentence, DE)
        _, remedy = sentences.explained(refused.value, "de")
        assert "„" in remedy
        assert "”" not in remedy, remedy


def test_a_hostile_sentence_takes_no_long_time() -> None:
    for text in ("(" * 5000, "if " * 2000, "and then " * 700, "if (" * 900, '"' * 3000):
        with pytest.raises(NotUnderstood):
            sentences.read(f"If a customer places an order, {text}", EN)


def test_an_unfinished_flow_has_no_sentence() -> None:
    empty = {"op": "all", "of": []}
    steps = [{"kind": "condition", "id": "q", "condition": empty}]
    flow = flow_schema.read({"name": "A", "trigger": {"event": "order.placed"}, "steps": steps})
    with pytest.raises(sentences.Untold):
        sentences.write(flow, EN)


# --- any flow --------------------------------------------------------------------------------

WORDS = st.text("abcdefghijklmnopqrstuvwxyz äß\"\\'(),.%", min_size=1, max_size=12).filter(
    str.strip
)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
LENGTHS = st.builds(
    lambda d, h, m: f"P{d}DT{h}H{m}M", st.integers(0, 90), st.integers(0, 23), st.integers(0, 59)
).map(lambda text: iso_duration(duration_of(text)))
VALUES = {
    "count": st.integers(1, 10_000),
    "number": st.one_of(st.integers(-100, 10_000), st.sampled_from([0.5, 2.25, -1.5])),
    "negative": st.integers(-90, -1),
    "ordinal": st.integers(1, 200),
    "duration": LENGTHS,
    "dative": LENGTHS,
    "time": st.sampled_from(["00:00", "09:30", "23:59"]),
    "text": WORDS,
    "name": WORDS,
    "path": st.sampled_from(["customer.properties.tier", "cart.currency", "order.source"]),
    "money": st.integers(0, 1_000_000),
    "weekday": st.integers(0, 6),
    "flag": st.booleans(),
}
PREFIXES = st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,8}", fullmatch=True)
OWN: dict[str, Any] = {
    "step_start.start": st.sampled_from(list(FLOWS)),
    "step_stop.stop": st.sampled_from(list(FLOWS)),
    "trigger.segment_entered": st.sampled_from(list(SEGMENTS)),
    "trigger.segment_left": st.sampled_from(list(SEGMENTS)),
    "atom.segment": st.sampled_from(list(SEGMENTS)),
    "exits": st.lists(st.sampled_from([str(one) for one in EventName]), max_size=3, unique=True),
    "event": st.sampled_from([str(one) for one in EventName]),
    "keywords": st.lists(WORDS, min_size=1, max_size=3),
    "trigger+.every": LENGTHS,
    "property.set": {"n": NAMES},
    "step_ask+.saves": NAMES,
    "property.clear": {"n": NAMES},
    "coupon+.prefix": PREFIXES.filter(lambda one: one != "BACK"),
    "step_reward+.prefix": PREFIXES.filter(lambda one: one != "THANKS"),
}
"""What has to be more than what its rule says."""


class Grower:
    """Draws documents from the forms of the grammar."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.rules = draw, grammar_of("en")

    def grow(self, name: str, depth: int) -> Any:
        if name in OWN:
            return self.draw(OWN[name])
        if name in VALUES:
            return self.draw(VALUES[name])
        rule = self.rules[name]
        if rule.item:
            most = 3 if depth > 0 else rule.least
            count = self.draw(st.integers(rule.least, max(rule.least, most)))
            return [self.grow(rule.item, depth - 1) for _ in range(count)]
        return self._object(rule, depth)

    def _object(self, rule: Rule, depth: int) -> Any:
        forms = [form for form in rule.forms if form.name[0] != "~"]
        if depth <= 0:
            forms = [form for form in forms if form.name not in DEEP.get(rule.name, ())]
        document = self._fill(rule, self.draw(st.sampled_from(forms)), depth)
        extras = self.rules.get(f"{rule.name}+")
        if extras and isinstance(document, dict):
            for form in extras.forms:
                if self.draw(st.integers(0, 4)) == 0 and _fits(rule.name, form.name, document):
                    more = self._fill(extras, form, depth)
                    document = {**document, **{k: v for k, v in more.items() if k not in document}}
        return document

    def _fill(self, rule: Rule, form: Any, depth: int) -> Any:
        own = OWN.get(f"{rule.name}.{form.name}")
        return self._told(form.template, depth, own)

    def _told(self, template: Any, depth: int, own: Any) -> Any:
        if isinstance(template, str) and template.startswith("<"):
            hole, name = template[1:-1].split(":")
            mine = own.get(hole) if isinstance(own, dict) else own
            return self.grow(name, depth - 1) if mine is None else self.draw(mine)
        if isinstance(template, dict):
            plain = {k: self._told(v, depth, own) for k, v in template.items() if k != "*"}
            return {**plain, **(self._told(template["*"], depth, own) if "*" in template else {})}
        return template


DEEP = {
    "atom": ("compound", "none", "all", "any"),
    "condition": ("all", "any"),
    "step": ("condition", "wait", "switch", "split", "ask", "collect"),
    "block": ("some",),
}


def _fits(rule: str, extra: str, document: Json) -> bool:
    """Some extras have a meaning with some forms only, or would say what is the default."""
    if rule == "trigger":
        takes = {
            "on": ("message.received",),
            "per_line": ("order.placed",),
            "at": ("date.reached", "customer.lapsed"),
        }
        takes |= {
            "after": ("date.reached",),
            "before": ("date.reached",),
            "single": ("date.reached",),
        }
        return extra not in takes or document["event"] in takes[extra]
    if rule in {"counted", "summed"}:
        return document["op"] in OPS
    return True


@st.composite
def flows(draw: st.DrawFn, spoken: Spoken) -> Flow:
    """Draw a flow of everything that the grammar has words for."""
    told = Grower(draw).grow("flow", 5)
    try:
        document = Finish([], spoken).document({**told, "exits": told.get("exits", [])})
    except NotUnderstood:  # it offers a code that nobody made
        document = Finish([], spoken).document({**told, "steps": [{"kind": "exit"}]})
    return flow_schema.read(document)


@pytest.mark.parametrize("spoken", [EN, DE], ids=LANGUAGES)
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_flow_is_the_same_after_it_was_said_and_read(spoken: Spoken, data: st.DataObject) -> None:
    flow = data.draw(flows(spoken))
    said = sentences.write(flow, spoken)
    again = flow_schema.read(sentences.read(said, spoken))
    assert sparse(again, spoken) == sparse(flow, spoken), said


@pytest.mark.parametrize("nested", ["in 1 h: ", "after 2 days, ", "if they have the tag a, "])
def test_a_sentence_nested_without_brackets_is_refused_in_words(nested: str) -> None:
    head, step = "If a customer subscribes, ", "text them"
    many = (sentences.reading.LONGEST - len(head + step)) // len(nested)
    with pytest.raises(NotUnderstood):
        sentences.read(head + nested * many + step, EN)
