"""Two of a team answer one customer at the same moment: the second is told, and writes nothing."""

from typing import Any

import pytest

from jobs import answering
from jobs.answering import Answer, SomebodyAnswered
from marketing.model import ChannelName
from marketing.team import Role
from storage import schema, team
from storage.team import Member
from tests.channels.test_twilio import api_url, twilio
from tests.jobs.stage import Stage
from tests.jobs.test_channel_lists import PHONE
from tests.jobs.test_receive import account, wrote

__all__ = ["account", "api_url", "twilio"]


def member(stage: Stage, name: str) -> Member:
    def join(connection: Any) -> Member:
        real_now = stage.database.real_now(connection)
        return team.welcome(connection, stage.store_id, name, Role.INBOX, real_now)

    return stage.database.write(join)


def answer(stage: Stage, whose: str, who: Member, key: str, *, anyway: bool = False) -> str:
    told = Answer(ChannelName.SMS, f"Hello from {who.user_id}", key, anyway=anyway)
    return answering.answer(stage.runtime, stage.store, whose, who, told)


# SQLite has one writer at a time anyway.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_who_answer_at_once_the_second_sees_what_the_first_wrote(
    stage: Stage, account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = stage.customer(**PHONE)
    wrote(stage, account, "Is it in stock?")
    mara, jo = member(stage, "mara"), member(stage, "jo")
    take_over = answering.conversations.take_over

    def while_jo_is_about_to(*args: Any, **more: Any) -> bool:
        monkeypatch.setattr(answering.conversations, "take_over", take_over)
        answer(stage, ada, mara, "a")
        return take_over(*args, **more)

    monkeypatch.setattr(answering.conversations, "take_over", while_jo_is_about_to)
    with pytest.raises(SomebodyAnswered):
        answer(stage, ada, jo, "b")
    assert [row.author_id for row in stage.rows(schema.replies)] == [mara.id]
    answer(stage, ada, jo, "b", anyway=True)
    assert len(stage.rows(schema.replies)) == 2
