"""What the steps of a flow cost their store, as far as anybody told."""

from collections.abc import Mapping

from marketing.prices import cost_of, prices_of
from storage import Connection, costs
from storage.reports_time import Period
from storage.stores import Store


def step_costs(
    connection: Connection, store: Store, flow_id: str, period: Period
) -> Mapping[str, int]:
    """Give by step what its messages, used codes and credit came to in a period, in minor units.

    A message that its provider bills nothing for comes to nothing.
    """
    prices = prices_of(store.settings)
    given = costs.by_step(connection, store.id, flow_id, period)
    return {
        step_id: cost_of(one.billed, prices) + one.taken_off + one.credited
        for step_id, one in given.items()
    }
