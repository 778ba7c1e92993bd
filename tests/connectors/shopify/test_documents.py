"""Every document is valid on the real schema of its version and uses nothing deprecated."""

import gzip
import json
from functools import cache

import pytest
from graphql import GraphQLSchema, build_client_schema, parse, specified_rules, validate
from graphql.validation import NoDeprecatedCustomRule

from connectors.shopify import documents
from tests.payloads.shopify import ORACLES

SCHEMAS = ORACLES / "node_modules" / "@shopify" / "dev-mcp" / "dist" / "data"


@cache
def schema() -> GraphQLSchema:
    with gzip.open(SCHEMAS / f"admin_{documents.API_VERSION}.json.gz") as file:
        told = json.load(file)
    return build_client_schema(told.get("data", told), assume_valid=True)


def errors(document: str) -> list[str]:
    rules = [*specified_rules, NoDeprecatedCustomRule]
    return [error.message for error in validate(schema(), parse(document), rules)]


@pytest.mark.parametrize("name", sorted(documents.ALL))
def test_a_document_is_valid_and_up_to_date(name: str) -> None:
    assert errors(documents.ALL[name]) == []


def test_the_judge_refuses_what_is_gone_or_going() -> None:
    assert errors("{ customers(first: 1) { nodes { acceptsMarketing } } }")
    assert errors("{ customers(first: 1) { nodes { email } } }")


def test_no_document_is_left_out() -> None:
    assert len(documents.ALL) >= 11
    assert documents.CREATE_DISCOUNT in documents.ALL.values()
