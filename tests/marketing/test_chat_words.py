"""What a message says in a chat: words, buttons, cards, within what each channel takes."""

from typing import Any

import pytest

from marketing import block_schema, flow_schema, samples
from marketing.blocks.parts import Shelf
from marketing.chat import AGENT, Button, ChatContent
from marketing.chat_rendering import fitted
from marketing.chat_words import ChatButton, ChatWords
from marketing.flow import Template
from marketing.links import LinkKeys, MessageLinks
from marketing.model import ChannelName
from marketing.rendering import Renderer
from marketing.showing import needs_of
from marketing.templates import TemplateRefused, compile_template

MESSENGER = (ChannelName.MESSENGER,)
HI = ChatWords("Hi {{ customer.first_name | default: 'there' }}!")


def said(words: ChatWords, links: MessageLinks | None = None, **more: Any) -> ChatContent:
    compiled = compile_template(Template(chat=words), ways=MESSENGER)
    again = type(compiled).from_document(compiled.to_document())
    found = Renderer().render(again, samples.everything() | more, links).chat
    assert found is not None
    return found


def links() -> MessageLinks:
    keys = LinkKeys.from_app_keys(["k" * 44])
    return MessageLinks("https://app.example", keys, "store", "message")


def test_a_chat_message_has_words_of_its_own_and_needs_no_mail() -> None:
    assert said(HI).text == "Hi Ada!"
    assert said(HI, customer={"orders_count": 0}).text == "Hi there!"


def test_a_link_is_counted_and_the_way_back_to_the_cart_is_not_wrapped_twice() -> None:
    where = links()
    own = where.cart_url()
    words = ChatWords("Hi", (ChatButton("Shop", "{{ store.url }}"), ChatButton("Cart", own)))
    shop, cart = said(words, where).buttons
    assert shop.url.startswith("https://app.example/c/")
    assert cart.url == own


def test_a_button_without_an_address_answers_with_its_label() -> None:
    [button] = said(ChatWords("Hi", (ChatButton("More"),))).buttons
    assert (button.payload, button.url) == ("say:More", "")


def test_a_link_that_leads_nowhere_safe_is_left_out_with_its_button() -> None:
    words = ChatWords("Hi", (ChatButton("Bad", "javascript:alert(1)"),))
    assert said(words, links()).buttons == ()


def test_the_carts_products_are_cards_with_their_price() -> None:
    cards = said(ChatWords("Yours:", cards=Shelf.CART), links()).cards
    first = samples.everything()["cart"]["items"][0]
    assert cards[0].title == first["title"]
    assert any(letter.isdigit() for letter in cards[0].subtitle)


def test_what_is_recommended_or_picked_is_looked_up_for_the_chat_alone() -> None:
    picked = compile_template(
        Template(chat=ChatWords("Look", cards=Shelf.PICKED, products=("7", "8"))), ways=MESSENGER
    )
    assert needs_of(picked).picked == ("7", "8")
    asked = compile_template(
        Template(chat=ChatWords("Look", cards=Shelf.RECOMMENDED)), ways=MESSENGER
    )
    assert needs_of(asked).is_settled


def test_the_way_to_a_person_is_added_where_there_is_room_for_it() -> None:
    roomy = fitted(ChatContent("Hi"), ChannelName.MESSENGER, "Talk")
    assert roomy.buttons[-1] == Button("Talk", payload=AGENT)
    full = ChatContent("Hi", tuple(Button(str(one), payload="p") for one in range(3)))
    assert fitted(full, ChannelName.WHATSAPP, "Talk").buttons == full.buttons


def test_more_answers_than_buttons_are_a_list_with_the_way_to_a_person() -> None:
    answers = tuple(Button(str(one), payload="p") for one in range(10))
    four = fitted(ChatContent("Hi"), ChannelName.WHATSAPP, "Talk", answers[:4], "Choose")
    assert (four.menu, four.buttons[-1]) == ("Choose", Button("Talk", payload=AGENT))
    ten = fitted(ChatContent("Hi"), ChannelName.WHATSAPP, "Talk", answers, "Choose")
    assert (ten.menu, ten.buttons) == ("Choose", answers)
    three = fitted(ChatContent("Hi"), ChannelName.WHATSAPP, "Talk", answers[:3], "Choose")
    assert (three.menu, three.buttons) == ("", answers[:3])
    quick = fitted(ChatContent("Hi"), ChannelName.MESSENGER, "Talk", answers, "Choose")
    assert (quick.menu, len(quick.buttons)) == ("", 11)


def test_a_channel_without_cards_is_told_of_the_products_in_lines() -> None:
    cards = said(ChatWords("Yours:", cards=Shelf.CART)).cards
    whole = fitted(ChatContent("Yours:", cards=cards), ChannelName.WHATSAPP, "Talk")
    assert whole.cards == ()
    assert cards[0].title in whole.text


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (None, "chat"),
        (ChatWords(""), "chat.text"),
        (ChatWords("{{ customer.shoe_size }}"), "chat.text"),
        (ChatWords("é" * 1001), "chat.text"),
        (ChatWords("Hi", (ChatButton("x" * 21),)), "chat.buttons"),
        (ChatWords("Hi", (ChatButton(""),)), "chat.buttons.0.label"),
        (
            ChatWords("Hi", tuple(ChatButton(str(one), "https://a.example") for one in range(4))),
            "chat.buttons",
        ),
    ],
)
def test_what_instagram_would_not_take_is_refused_at_its_field(
    words: ChatWords | None, field: str
) -> None:
    with pytest.raises(TemplateRefused) as refused:
        compile_template(Template(sms="x", chat=words), ways=(ChannelName.INSTAGRAM,))
    assert [one.field for one in refused.value.problems] == [field]


@pytest.mark.parametrize(
    "document",
    [
        {"chat": {"text": "Hi"}},
        {"sms": "Hi", "chat": {"text": "Hi", "buttons": [{"label": "Yes"}]}},
        {"chat": {"text": "Hi", "cards": "picked", "products": ["7"]}},
    ],
)
def test_a_document_comes_back_as_it_was(document: dict[str, Any]) -> None:
    assert block_schema.write(block_schema.read(document)) == document


def test_without_chat_words_a_mails_plain_ones_stand_in() -> None:
    code = Template("S", "", "<mjml><mj-body></mj-body></mjml>", "Plain {{ store.name }}.")
    compiled = compile_template(code, ways=MESSENGER)
    assert compiled.chat is None
    assert "Plain" in compiled.text


def test_a_flow_of_chat_words_alone_is_fit_to_go_live() -> None:
    step = {
        "kind": "message",
        "id": "m",
        "channel": "messenger",
        "template": {"chat": {"text": "Hi"}},
    }
    trigger = {"event": "message.received"}
    flow = flow_schema.load({"name": "F", "trigger": trigger, "steps": [step]})
    assert flow_schema.load(flow_schema.dump(flow)) == flow
