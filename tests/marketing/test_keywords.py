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
        "I want to stop receiving messages", "I don't want these texts", "remove me please",
        "Please stop it", "no quiero más mensajes", "deja de enviarme mensajes",
        "Por favor, no me escriban más", "dejen de escribirme", "quiero darme de baja",
        "arrêtez de m'envoyer des SMS", "Je ne veux plus recevoir de messages",
        "désinscrivez-moi svp", "Hört auf!", "Hört bitte auf, mir zu schreiben",
        "Lassen Sie mich in Ruhe", "Ich möchte keine Nachrichten mehr", "smettetela di scrivermi",
        "Non voglio più messaggi", "cancellatemi", "Não quero mais mensagens", "stop met sms",
        "ik wil geen berichten meer", "sluta skicka sms", "stop med at sende sms",
        "nie chcę więcej SMS", "przestańcie wysyłać", "mesaj göndermeyin", "artık SMS atmayın",  # noqa: RUF001
        "Не пишите мне больше", "хватит писать", "Больше не присылайте", "отпишите меня",  # noqa: RUF001
        "не пишіть мені", "もう送らないでください", "配信を停止してください", "不要再发了",
        "请停止发送", "그만 보내세요", "أوقفوا الرسائل", "תפסיקו לשלוח", "बंद करो", "đừng nhắn nữa",
        "berhenti", "lopettakaa viestit",
        "Enough!", "enough", "enough already", "Enough is enough!!", "That's enough please",
        "I've had enough", "enough texts", "Es reicht!", "Jetzt reicht's", "Genug", "basta",
        "¡Ya basta!", "ça suffit", "chega", "genoeg", "хватит", "够了", "🛑", "🛑🛑🛑",
        "🛑 please", "⛔️",
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
        "stop by the store?", "I want to stop by", "I don't want these messages on the card",
        "Hört auf die Kundin!", "ich möchte keine Größe M", "no quiero más azul",
        "je ne veux plus la rouge", "non voglio più il blu",
        "Ik wil geen maat M", "не пишите на коробке цену", "送らないで置いて", "不要再发蓝色的",
        "enough?", "Enough for two people?", "is one enough", "enough for two",
        "that's enough for me", "genug?", "reicht das?", "es reicht für zwei",
        "basta una talla M", "🛑 sale today 🛑", "🚫 size M",
        "subscribe and save 10%?", "start with a small size",
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
