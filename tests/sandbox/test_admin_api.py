"""The Admin API: every document of ours runs on the real schema, and faults come when told."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from connectors.shopify import documents
from sandbox import shopping
from sandbox.catalog import collection_number
from sandbox.payloads import gid
from sandbox.serve import Sandbox
from sandbox.world import SAMPLE_SHOP
from tests.sandbox.fake_app import FakeApp

DISCOUNT = {
    "title": "Cart recovery",
    "code": "MOSS-7KQ2",
    "startsAt": "2026-11-01T00:00:00Z",
    "endsAt": "2036-11-02T00:00:00Z",
    "usageLimit": 1,
    "appliesOncePerCustomer": True,
    "context": {"all": "ALL"},
    "customerGets": {"value": {"percentage": 0.1}, "items": {"all": True}},
}
FREE_SHIPPING = {
    **{name: value for name, value in DISCOUNT.items() if name != "customerGets"},
    "destination": {"all": True},
}
CREATE = """mutation Make($d: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $d) {
    codeDiscountNode { id codeDiscount { ... on DiscountCodeBasic {
      title status endsAt usageLimit codes(first: 1) { nodes { code } } } } }
    userErrors { field message code } } }"""
CONSENT = """mutation Consent($input: CustomerEmailMarketingConsentUpdateInput!) {
  customerEmailMarketingConsentUpdate(input: $input) {
    customer { id defaultEmailAddress { marketingState } } userErrors { field message code } } }"""


class Api:
    """The Admin API of the sample shop, with the app's token."""

    def __init__(self, sandbox: Sandbox, token: str) -> None:
        self.url = sandbox.world.admin_url
        self._client = httpx.Client(headers={"X-Shopify-Access-Token": token})

    def post(self, query: str, **variables: Any) -> httpx.Response:
        return self._client.post(
            f"{self.url}/shops/{SAMPLE_SHOP}/admin/api/2026-10/graphql.json",
            json={"query": query, "variables": variables},
        )

    def run(self, query: str, **variables: Any) -> Any:
        told = self.post(query, **variables).json()
        assert "errors" not in told, told
        return told["data"]

    def fault(self, **fault: Any) -> None:
        assert httpx.post(f"{self.url}/api/faults", json=fault).status_code == 201

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def api(installed: Sandbox, fake_app: FakeApp) -> Iterator[Api]:
    opened = Api(installed, fake_app.token)
    yield opened
    opened.close()


def any_customer(sandbox: Sandbox, state: str) -> dict[str, Any]:
    people = sandbox.world.state.all(SAMPLE_SHOP, "customer")
    return next(person for person in people if person["consent"]["state"] == state)


@pytest.mark.parametrize("name", documents.ALL)
def test_every_document_of_the_app_runs(api: Api, installed: Sandbox, name: str) -> None:
    state = installed.world.state
    person = state.all(SAMPLE_SHOP, "customer")[0]
    consent = {"marketingState": "UNSUBSCRIBED"}
    variables: dict[str, dict[str, Any]] = {
        "CREATE_DISCOUNT": {"discount": DISCOUNT},
        "EXTEND_DISCOUNT": {
            "id": "gid://shopify/DiscountCodeNode/1",
            "discount": {"endsAt": "2036-01-01T00:00:00Z"},
        },
        "CREATE_FREE_SHIPPING": {"discount": FREE_SHIPPING},
        "EXTEND_FREE_SHIPPING": {
            "id": "gid://shopify/DiscountCodeNode/1",
            "discount": {"endsAt": "2036-01-01T00:00:00Z"},
        },
        "DEACTIVATE_DISCOUNT": {"id": "gid://shopify/DiscountCodeNode/1"},
        "DELETE_DISCOUNT": {"id": "gid://shopify/DiscountCodeNode/1"},
        "ADD_CODES": {"id": "gid://shopify/DiscountCodeNode/1", "codes": [{"code": "MOSS-9"}]},
        "CODE_IMPORT": {"id": "gid://shopify/DiscountRedeemCodeBulkCreation/1"},
        "CREDIT_CUSTOMER": {
            "id": gid("Customer", person["id"]),
            "credit": {"creditAmount": {"amount": "5.00", "currencyCode": "USD"}},
        },
        "RECENT_CREDITS": {"id": gid("Customer", person["id"])},
        "TAGS_ADD": {"id": gid("Customer", person["id"]), "tags": ["vip"]},
        "TAGS_REMOVE": {"id": gid("Customer", person["id"]), "tags": ["vip"]},
        "FIND_DISCOUNT": {"code": "NOPE"},
        "CREATE_PIXEL": {"pixel": {"settings": '{"accountID": "k", "endpoint": "https://a"}'}},
        "UPDATE_PIXEL": {"id": gid("WebPixel", 1), "pixel": {"settings": "{}"}},
        "FIND_CUSTOMER": {"identifier": {"emailAddress": person["email"]}},
        "EMAIL_CONSENT": {
            "input": {"customerId": gid("Customer", person["id"]), "emailMarketingConsent": consent}
        },
        "SMS_CONSENT": {
            "input": {"customerId": gid("Customer", person["id"]), "smsMarketingConsent": consent}
        },
        "MORE_VARIANTS": {
            "id": gid("Product", state.all(SAMPLE_SHOP, "product")[0]["id"]),
            "after": "0",
        },
        "COLLECTIONS_OF": {"id": gid("Product", state.all(SAMPLE_SHOP, "product")[0]["id"])},
        "COLLECTION": {"id": gid("Collection", collection_number("table"))},
        "MORE_LINES": {
            "id": gid("Order", state.all(SAMPLE_SHOP, "order")[0]["id"]),
            "after": "0",
        },
    }
    pages = {"first": 50, "counting": True}
    assert api.run(documents.ALL[name], **variables.get(name, pages))


def test_a_token_is_asked_for(api: Api) -> None:
    bare = httpx.post(
        f"{api.url}/shops/{SAMPLE_SHOP}/admin/api/2026-10/graphql.json",
        json={"query": "{ shop { name } }"},
    )
    assert bare.status_code == 401


def test_the_real_schema_refuses_what_it_does_not_know(api: Api) -> None:
    told = api.post("{ shop { name shoeSize } }").json()
    assert "shoeSize" in told["errors"][0]["message"]
    removed = api.post(
        CREATE, d={**DISCOUNT, "context": {"all": "ALL", "customers": {"add": []}}}
    ).json()
    assert "errors" in removed
    assert "errors" in api.post("{ shop {").json()


def test_what_the_sandbox_does_not_play_is_an_error_and_no_silent_null(api: Api) -> None:
    told = api.post("{ shop { description } }").json()
    assert told["errors"][0]["message"] == "the sandbox does not play Shop.description"


def test_pages_follow_each_other_to_the_end(api: Api, installed: Sandbox) -> None:
    query = """query Page($after: String) {
      customers(first: 7, after: $after, sortKey: UPDATED_AT) {
        pageInfo { hasNextPage endCursor } nodes { id updatedAt } } }"""
    seen: list[dict[str, str]] = []
    after = None
    while True:
        page = api.run(query, after=after)["customers"]
        seen += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len({node["id"] for node in seen}) == len(seen)
    assert len(seen) == installed.world.state.count(SAMPLE_SHOP, "customer")
    assert [n["updatedAt"] for n in seen] == sorted(n["updatedAt"] for n in seen)


def test_short_lists_inside_a_node_are_paged_too(api: Api) -> None:
    query = """query Inner($after: String) { products(first: 1) { nodes {
      variants(first: 2, after: $after) {
        pageInfo { hasNextPage endCursor } nodes { title } } } } }"""
    first = api.run(query)["products"]["nodes"][0]["variants"]
    assert first["pageInfo"]["hasNextPage"] is True
    rest = api.run(query, after=first["pageInfo"]["endCursor"])["products"]["nodes"][0]["variants"]
    titles = [node["title"] for node in first["nodes"] + rest["nodes"]]
    assert titles == ["Moss", "Oat", "Slate"]
    assert rest["pageInfo"]["hasNextPage"] is False


def test_a_search_finds_what_changed_since(api: Api, installed: Sandbox) -> None:
    orders = installed.world.state.all(SAMPLE_SHOP, "order")
    since = sorted(order["updated_at"] for order in orders)[-4]
    query = "query Since($q: String) { orders(first: 50, query: $q) { nodes { id } } }"
    assert len(api.run(query, q=f"updated_at:>'{since}'")["orders"]["nodes"]) == 3
    assert len(api.run(query, q=f"updated_at:>='{since}'")["orders"]["nodes"]) == 4


def test_refunds_and_tests_show_in_the_orders(api: Api) -> None:
    query = """{ orders(first: 250) { nodes { test sourceName displayFinancialStatus cancelledAt
      totalRefundedSet { shopMoney { amount } } } } }"""
    nodes = api.run(query)["orders"]["nodes"]
    assert [n for n in nodes if n["test"]]
    assert {"pos", "web", "shopify_draft_order"} <= {n["sourceName"] for n in nodes}
    refunded = [n for n in nodes if n["displayFinancialStatus"] == "REFUNDED"]
    assert refunded
    assert all(float(n["totalRefundedSet"]["shopMoney"]["amount"]) > 0 for n in refunded)


def test_a_code_is_made_once(api: Api) -> None:
    made = api.run(CREATE, d=DISCOUNT)["discountCodeBasicCreate"]
    assert made["userErrors"] == []
    assert made["codeDiscountNode"]["codeDiscount"]["status"] == "ACTIVE"
    again = api.run(CREATE, d={**DISCOUNT, "code": "moss-7kq2"})["discountCodeBasicCreate"]
    assert again["codeDiscountNode"] is None
    assert again["userErrors"] == [
        {
            "field": ["basicCodeDiscount", "code"],
            "message": "Code must be unique. Please try a different code.",
            "code": "TAKEN",
        }
    ]
    found = api.run('{ codeDiscountNodeByCode(code: "Moss-7kq2") { id } }')
    assert found["codeDiscountNodeByCode"] == {"id": made["codeDiscountNode"]["id"]}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": ""}, "BLANK"),
        ({"code": ""}, "BLANK"),
        ({"startsAt": None}, "BLANK"),
        ({"endsAt": "2026-10-01T00:00:00Z"}, "END_DATE_BEFORE_START_DATE"),
        ({"customerGets": {"value": {"percentage": 10}, "items": {"all": True}}},
         "VALUE_OUTSIDE_RANGE"),
    ],
)  # fmt: skip
def test_a_discount_that_makes_no_sense_is_refused(
    api: Api, changes: dict[str, Any], code: str
) -> None:
    told = api.run(CREATE, d={**DISCOUNT, **changes})["discountCodeBasicCreate"]
    assert [error["code"] for error in told["userErrors"]] == [code]


def test_consent_is_written_and_announced(api: Api, installed: Sandbox, fake_app: FakeApp) -> None:
    person = any_customer(installed, "subscribed")
    consent = {"marketingState": "UNSUBSCRIBED", "consentUpdatedAt": "2026-11-22T10:00:00Z"}
    asked = {"customerId": gid("Customer", person["id"]), "emailMarketingConsent": consent}
    told = api.run(CONSENT, input=asked)["customerEmailMarketingConsentUpdate"]
    assert told["customer"]["defaultEmailAddress"]["marketingState"] == "UNSUBSCRIBED"
    fake_app.wait_for("customers_email_marketing_consent/update")
    missing = {**asked, "customerId": "gid://shopify/Customer/1"}
    told = api.run(CONSENT, input=missing)["customerEmailMarketingConsentUpdate"]
    assert told["userErrors"][0]["field"] == ["input", "customerId"]


def test_abandoned_checkouts_are_listed(api: Api, installed: Sandbox) -> None:
    world = installed.world
    variant = world.state.all(SAMPLE_SHOP, "product")[0]["variants"][0]["id"]
    cart = shopping.change_cart(world, SAMPLE_SHOP, "d" * 32, variant, 1)
    opened = shopping.start_checkout(world, SAMPLE_SHOP, cart)
    contact = shopping.Contact("late@example.com", currency="GBP")
    shopping.give_contact(world, SAMPLE_SHOP, opened, contact)
    nodes = api.run(
        """{ abandonedCheckouts(first: 5) { nodes { abandonedCheckoutUrl completedAt
        totalPriceSet { presentmentMoney { amount currencyCode } }
        customer { defaultEmailAddress { emailAddress } }
        lineItems(first: 5) { nodes { title quantity image { url } } } } } }"""
    )["abandonedCheckouts"]["nodes"]
    assert nodes[0]["totalPriceSet"]["presentmentMoney"]["currencyCode"] == "GBP"
    assert nodes[0]["customer"]["defaultEmailAddress"]["emailAddress"] == "late@example.com"


def test_cost_is_told_and_points_run_out(api: Api) -> None:
    first = api.post("{ shop { name } }").json()["extensions"]["cost"]
    assert first["throttleStatus"]["maximumAvailable"] == 2000
    query = "{ customers(first: 250) { nodes { id orders(first: 250) { nodes { id } } } } }"
    told = next(told for _ in range(60) if "errors" in (told := api.post(query).json()))
    assert told["errors"][0]["extensions"]["code"] == "THROTTLED"
    cost = told["extensions"]["cost"]
    assert cost["throttleStatus"]["currentlyAvailable"] < cost["requestedQueryCost"]


def test_trouble_comes_on_demand_and_passes(api: Api) -> None:
    api.fault(where="graphql", what="throttled")
    told = api.post("{ shop { name } }")
    assert told.status_code == 200
    assert told.json()["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert told.json()["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 0
    api.fault(where="graphql", code=429, seconds=1.5)
    told = api.post("{ shop { name } }")
    assert (told.status_code, told.headers["Retry-After"]) == (429, "1.5")
    api.fault(where="graphql", code=502)
    assert api.post("{ shop { name } }").status_code == 502
    api.fault(where="graphql", what="expired")
    assert api.post("{ shop { name } }").status_code == 401
    api.fault(where="graphql", what="delay", seconds=0.2)
    started = time.monotonic()
    assert api.run("{ shop { name } }")
    assert time.monotonic() - started > 0.2


def test_access_can_be_denied_to_one_field(api: Api) -> None:
    api.fault(where="graphql", what="denied", text="defaultEmailAddress")
    told = api.post("{ customers(first: 1) { nodes { id defaultEmailAddress { emailAddress } } } }")
    assert told.json()["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert told.json()["data"]["customers"]["nodes"][0]["defaultEmailAddress"] is None


def test_an_answer_can_be_lost_after_the_work_is_done(api: Api) -> None:
    api.fault(where="graphql", what="lost", match="Make")
    assert api.run("{ shop { name } }"), "meant for another operation"
    assert api.post(CREATE, d=DISCOUNT).status_code == 502
    again = api.run(CREATE, d=DISCOUNT)["discountCodeBasicCreate"]
    assert again["userErrors"][0]["code"] == "TAKEN"


def test_a_senseless_fault_is_refused(api: Api) -> None:
    refused = httpx.post(f"{api.url}/api/faults", json={"where": "moon"})
    assert refused.status_code == 400
    assert "graphql" in refused.json()["error"]
