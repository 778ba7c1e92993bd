"""Store credit: money on a customer's account with the store, put there once."""

from datetime import datetime

from connectors.base import Credentials, Credit, CreditRequest, StoreRefused, StoreUnavailable
from connectors.shopify import documents
from connectors.shopify.client import AdminClient, InputRefused
from connectors.shopify.discounts import major
from marketing.model import CustomerKey, JsonObject
from marketing.money import minor_units


def credit(client: AdminClient, credentials: Credentials, request: CreditRequest) -> str:
    """Put money on a customer's account and return the transaction's id.

    Never repeated here: the mutation takes no key that would make a second one harmless.
    Needs `write_store_credit_account_transactions`.
    """
    told: JsonObject = {
        "creditAmount": {
            "amount": major(request.amount, request.currency),
            "currencyCode": request.currency,
        }
    }
    if request.expires_at is not None:
        told["expiresAt"] = request.expires_at.isoformat()
    variables = {"id": _customer_id(request.customer), "credit": told}
    result = client.run(credentials, documents.CREDIT_CUSTOMER, variables).get("result")
    if result and result["userErrors"]:
        raise InputRefused(result["userErrors"])
    if not result or not result["storeCreditAccountTransaction"]:
        raise StoreUnavailable("the store did not say whether it gave the credit")
    return str(result["storeCreditAccountTransaction"]["id"])


def recent(client: AdminClient, credentials: Credentials, customer: CustomerKey) -> list[Credit]:
    """Give the latest credits on a customer's accounts, the newest first.

    Needs `read_store_credit_account_transactions`.
    """
    variables = {"id": _customer_id(customer)}
    found = client.run(credentials, documents.RECENT_CREDITS, variables).get("customer")
    if found is None:
        raise StoreRefused("the store does not know this customer")
    credits_ = [
        _credit(node)
        for account in found["storeCreditAccounts"]["nodes"]
        for node in account["transactions"]["nodes"]
        if node["__typename"] == "StoreCreditAccountCreditTransaction"
    ]
    return sorted(credits_, key=lambda one: one.created_at, reverse=True)


def _credit(node: JsonObject) -> Credit:
    money = node["amount"]
    return Credit(
        external_id=str(node["id"]),
        amount=minor_units(money["amount"], money["currencyCode"]),
        currency=money["currencyCode"],
        created_at=datetime.fromisoformat(node["createdAt"]),
    )


def _customer_id(customer: CustomerKey) -> str:
    if not customer.external_id:
        raise StoreRefused("a guest has no account for store credit")
    return f"gid://shopify/Customer/{customer.external_id}"
