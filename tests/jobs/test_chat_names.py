"""Names of those who write on Messenger and Instagram: asked for once, kept, and forgotten."""

from dataclasses import replace
from typing import Any

import pytest

from channels import Providers
from jobs import chat_names, customer_care, outbox
from sandbox import meta_people
from sandbox.meta import Meta
from storage import schema
from tests.channels.meta_stand import graph_url, meta
from tests.jobs.stage import Stage
from tests.jobs.test_comments_that_begin import BOTH, Town

__all__ = ["graph_url", "meta"]


@pytest.fixture(params=BOTH)
def town(request: pytest.FixtureRequest, stage: Stage, meta: Meta, graph_url: str) -> Town:
    providers = Providers(
        use_proxies=False, meta_graph_url=graph_url, instagram_graph_url=graph_url
    )
    stage.runtime = replace(stage.runtime, providers=providers)
    return Town(stage, meta, str(request.param))


def writes(town: Town, person: str, text: str = "Hello") -> None:
    meta_people.write(town.meta, town.platform, person, text)
    town.take_in()
    while outbox.drain(town.stage.runtime, [town.stage.store_id]):
        pass


def the(town: Town, customer_id: str) -> Any:
    [row] = town.stage.rows(schema.customers, id=customer_id)
    return row


def who(town: Town) -> Any:
    [row] = town.stage.rows(schema.identities, store_id=town.stage.store_id)
    return the(town, row.customer_id), row


def test_who_writes_has_the_name_that_they_show_there(town: Town) -> None:
    writes(town, "Ada Lovelace")
    customer, identity = who(town)
    assert (customer.first_name, customer.last_name) == ("Ada", "Lovelace")
    assert identity.name == "Ada Lovelace"
    assert customer.first_key == "ada"


def test_a_name_that_is_known_is_not_asked_for_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes(town, "Ada")
    monkeypatch.setattr(chat_names.outbox, "add", lambda *_: pytest.fail("asked again"))
    writes(town, "Ada", "Are you there?")
    assert who(town)[0].first_name == "Ada"


def test_who_shows_no_name_is_asked_for_once_a_day_and_is_nobodys_trouble(town: Town) -> None:
    town.meta.tokens[town.platform] = "another"
    writes(town, "Ada")
    writes(town, "Ada", "Are you there?")
    [asked] = town.stage.rows(schema.outbox, kind=chat_names.KIND)
    assert (asked.state, asked.fence) == ("done", 1)
    customer, identity = who(town)
    assert (customer.first_name, identity.name) == (None, None)


def test_a_name_that_the_store_has_stays(town: Town) -> None:
    meta_people.write(town.meta, town.platform, "Ada", "Hello")
    town.take_in()
    customer, _ = who(town)
    town.stage.change(schema.customers, customer.id, first_name="Augusta")
    writes(town, "Ada", "It is me")
    assert who(town)[0].first_name == "Augusta"


def test_an_erased_customer_s_name_is_neither_asked_for_nor_kept(town: Town) -> None:
    meta_people.write(town.meta, town.platform, "Ada", "Hello")
    town.take_in()
    customer, _ = who(town)
    customer_care.erase(
        town.stage.runtime, town.stage.store, str(customer.id), customer_care.NAMELESS
    )
    while outbox.drain(town.stage.runtime, [town.stage.store_id]):
        pass
    assert town.stage.rows(schema.outbox, kind=chat_names.KIND) == []
    assert the(town, customer.id).first_name is None
