"""A typed sentence draws a flow, and every flow is told in one; a stranger's is not there."""

from jobs import drafts
from marketing import recipes
from marketing.flow_schema import dump
from storage import flows
from storage.database import Database
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_api import told
from tests.seeding import NOW, SmallStore

ASKED = (
    "If a customer adds to cart and does not buy within 1 hour, send an email, wait 23 hours, "
    "send an email with a 10% code that is valid for 2 days"
)


def test_a_typed_sentence_becomes_a_flow_that_can_go_live(ask: Ask, maple: SmallStore) -> None:
    answer = told(ask, "/flows/sentence", method="POST", json={"sentence": ASKED})
    assert answer["understood"]
    assert answer["problems"] == []
    made = ask("/flows", "POST", json=answer["document"])
    assert made.status_code == 201
    assert made.json
    assert made.json["problems"] == []
    spoken = told(ask, f"/flows/{made.json['id']}/sentence")
    assert spoken["sentence"].startswith("If a customer leaves a cart for 1 hour, send an email,")
    german = told(ask, f"/flows/{made.json['id']}/sentence?language=de")
    assert german["sentence"].startswith("Wenn ein Kunde einen Warenkorb 1 Stunde liegen lässt,")


def test_a_word_that_means_nothing_is_named_where_it_stands(ask: Ask, maple: SmallStore) -> None:
    sentence = "If a customer places an order, send a pigeon"
    answer = told(ask, "/flows/sentence", method="POST", json={"sentence": sentence})
    assert (answer["understood"], answer["document"]) == (False, None)
    (problem,) = answer["problems"]
    assert (problem["word"], sentence[problem["at"] :]) == ("pigeon", "pigeon")
    assert problem["message"] == "“pigeon” was not understood."
    assert "“text”" in problem["possible"]
    for wrong, field in (
        ({"sentence": ""}, "sentence"),
        ({"sentence": "x" * 7000}, "sentence"),
        ({"sentence": "x", "language": "fr"}, "language"),
    ):
        refused = ask("/flows/sentence", "POST", json=wrong)
        assert refused.status_code == 422
        assert refused.json
        assert refused.json["field"] == field


def test_a_changed_sentence_draws_the_flow_anew_and_keeps_what_was_written(
    ask: Ask, maple: SmallStore
) -> None:
    document = told(ask, "/flows/sentence", method="POST", json={"sentence": ASKED})["document"]
    mail, wait, code, offer = document["steps"]
    mail |= {"id": "first", "name": "Ours"}
    mail["template"]["subject"] = "Written by us"
    code["id"] = offer["coupon"] = "ten"
    document |= {"name": "Carts", "notes": {"first": "Asked by Jo"}}
    made = ask("/flows", "POST", json=document)
    assert made.json
    flow_id = made.json["id"]
    sentence = (
        "If a customer leaves a cart for 2 hours, send an email, wait 12 hours, split by chance: "
        "50 % (send an email with a 10% code that is valid for 2 days), 50 % (nothing), send an sms"
    )
    body = {"sentence": sentence, "flow": flow_id}
    drawn = told(ask, "/flows/sentence", method="POST", json=body)["document"]
    first, later, fork, last = drawn["steps"]
    assert (drawn["name"], drawn["notes"]) == ("Carts", {"first": "Asked by Jo"})
    assert (first["id"], first["name"]) == ("first", "Ours")
    assert first["template"]["subject"] == "Written by us"
    assert (later["id"], later["duration"]) == (wait["id"], "PT12H")
    assert [step["id"] for step in fork["variants"][0]["steps"]] == ["ten", offer["id"]]
    assert fork["variants"][0]["steps"][1]["coupon"] == "ten"
    assert last["template"]["sms"]
    kept = ask(f"/flows/{flow_id}/draft", "PUT", json=drawn)
    assert kept.json
    assert (kept.status_code, kept.json["problems"]) == (200, [])
    stranger = ask("/flows/sentence", "POST", domain=NEIGHBOUR, json=body)
    assert stranger.status_code == 404


def test_a_recipe_that_is_drawn_anew_keeps_its_names_in_the_readers_language(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        drafts.seed_recipes(connection, maple.id, NOW)
        drafted = [one for one in flows.of_store(connection, maple.id) if not one.live_version_id]
    (recipe,) = [one for one in drafted if one.draft["trigger"]["event"] == "cart.abandoned"]
    german = {"Accept-Language": "de"}
    sentence = "Wenn ein Kunde einen Warenkorb 2 Stunden liegen lässt, sende eine E-Mail"
    body = {"sentence": sentence, "language": "de", "flow": recipe.id}
    for more, name in ((german, "Ihre Artikel sind gespeichert"), ({}, "Your items are saved")):
        drawn = told(ask, "/flows/sentence", method="POST", json=body, more=more)["document"]
        assert [step["name"] for step in drawn["steps"]] == [name]


def test_names_of_another_store_mean_nothing(ask: Ask, maple: SmallStore) -> None:
    ours = {"sentence": 'If a customer places an order, start the flow "Abandoned cart"'}
    assert told(ask, "/flows/sentence", method="POST", json=ours)["understood"]
    named = ask("/flows", "POST", json={**dump(recipes.load("welcome")), "name": "Only ours"})
    assert named.status_code == 201
    theirs = {"sentence": 'If a customer places an order, start the flow "Only ours"'}
    assert told(ask, "/flows/sentence", method="POST", json=theirs)["understood"]
    stranger = ask("/flows/sentence", "POST", domain=NEIGHBOUR, json=theirs)
    assert stranger.json
    assert not stranger.json["understood"]
    assert "Only ours" not in str(stranger.json["problems"][0]["possible"])
    assert ask(f"/flows/{maple.flow[0]}/sentence", domain=NEIGHBOUR).status_code == 404
    assert told(ask, f"/flows/{maple.flow[0]}/sentence?of=live")["sentence"]
