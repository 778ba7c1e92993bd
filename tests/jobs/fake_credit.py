"""The platform's side of store credit: accounts in a file, which a killed worker leaves behind."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from connectors.base import Credentials, Credit, CreditRequest, StoreError, StoreUnavailable
from marketing.model import CustomerKey


class FakeCredit:
    """Puts money on accounts; can be told to fail before, to fail after, and to say no."""

    def __init__(self, ledger: Path) -> None:
        self.ledger = ledger
        self.refusals: list[BaseException] = []
        """Raised before anything is done."""
        self.losses = 0
        """So many credits are given without our hearing of it."""
        self.look_failures: list[StoreError] = []
        self.looks = 0
        self.meanwhile: Callable[[], None] | None = None
        """Done between the next credit and its answer."""

    def credit_customer(self, _: Credentials, request: CreditRequest) -> str:
        if self.refusals:
            raise self.refusals.pop(0)
        external_id = self.put(
            str(request.customer.external_id),
            request.amount,
            request.currency,
            expires_at=request.expires_at,
        )
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        if self.losses:
            self.losses -= 1
            raise StoreUnavailable("the store did not answer in time")
        return external_id

    def recent_credits(self, _: Credentials, customer: CustomerKey) -> list[Credit]:
        self.looks += 1
        if self.look_failures:
            raise self.look_failures.pop(0)
        theirs = [one for one in self.all() if one["customer"] == customer.external_id]
        return [
            Credit(one["id"], one["amount"], one["currency"], datetime.fromisoformat(one["at"]))
            for one in reversed(theirs)
        ]

    # --- what tests do and see ----------------------------------------------------------------

    def put(
        self,
        customer: str,
        amount: int,
        currency: str = "USD",
        *,
        expires_at: datetime | None = None,
    ) -> str:
        """Give credit, as the store's own people might, too."""
        row = {
            "id": f"gid://credit/{len(self.all())}",
            "customer": customer,
            "amount": amount,
            "currency": currency,
            "at": datetime.now().astimezone().isoformat(),
            "expires_at": expires_at and expires_at.isoformat(),
        }
        with self.ledger.open("a") as file:
            file.write(json.dumps(row) + "\n")
        return str(row["id"])

    def all(self) -> list[dict[str, object]]:
        if not self.ledger.exists():
            return []
        return [json.loads(line) for line in self.ledger.read_text().splitlines()]
