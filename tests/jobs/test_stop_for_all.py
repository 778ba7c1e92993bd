"""Whether a STOP by text ends texts about orders, too: the store chooses."""

import pytest

from sandbox.twilio import Twilio
from storage import schema
from storage.channel_accounts import ChannelAccount
from tests.jobs.stage import Stage
from tests.jobs.test_channel_lists import PHONE
from tests.jobs.test_enroll import ordered
from tests.jobs.test_receive import TEXT, account, api_url, twilio, wrote
from tests.jobs.test_steps import a_flow

__all__ = ["account", "api_url", "twilio"]


@pytest.mark.parametrize(
    ("is_for_all", "outcome"), [(True, ("skipped", "suppressed")), (False, ("sent", None))]
)
def test_whoever_stopped_texts_gets_none_of_their_order_where_the_store_says_so(
    stage: Stage,
    twilio: Twilio,
    account: ChannelAccount,
    is_for_all: bool,
    outcome: tuple[str, str | None],
) -> None:
    settings = {**stage.store.settings, "stop_ends_all_texts": is_for_all}
    stage.change(schema.stores, stage.store_id, settings=settings)
    ada = stage.customer(**PHONE)
    wrote(stage, account, "please stop texting me")
    a_flow(stage, {**TEXT, "message_kind": "transactional"})
    ordered(stage, ada)
    stage.work()
    [row] = stage.messages()
    assert (row.state, row.reason) == outcome
