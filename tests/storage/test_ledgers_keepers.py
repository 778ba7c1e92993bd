"""Leases, batches' notes, suppressions, pauses and codes: what they promise to the jobs."""

from datetime import datetime, timedelta

from marketing.consent import SuppressionScope
from storage import codes, leases, pauses, schema, suppressions
from storage.codes import NewCode
from tests.jobs.stage import HOUR, Stage

SECOND = timedelta(seconds=1)


def test_a_lease_has_one_holder_until_it_ends_or_is_given_back(stage: Stage) -> None:
    with stage.database.writing() as connection:
        now = stage.database.real_now(connection)

        def take(owner: str, at: datetime) -> bool:
            return leases.take(connection, "clock", owner, real_now=at, until=at + 10 * SECOND)

        assert take("a", now)
        assert take("a", now + SECOND)
        assert not take("b", now + 2 * SECOND)
        assert leases.holder(connection, "clock", now) == "a"
        assert take("b", now + 12 * SECOND)
        leases.give_back(connection, "clock", "a")
        assert leases.holder(connection, "clock", now + 12 * SECOND) == "b"
        leases.give_back(connection, "clock", "b")
        assert take("a", now)


def test_a_suppression_of_everything_is_never_weakened_and_stays_in_its_store(
    stage: Stage,
) -> None:
    def add(scope: SuppressionScope) -> None:
        suppressions.add(
            connection,
            stage.store_id,
            "email",
            ["hash"],
            scope=scope,
            reason="test",
            source="test",
            now=stage.now,
        )

    with stage.database.writing() as connection:
        add(SuppressionScope.ALL)
        add(SuppressionScope.MARKETING)
        found = suppressions.of(connection, stage.store_id, "email", ["hash", "other"])
        assert found == {"hash": SuppressionScope.ALL}
        assert suppressions.of(connection, stage.stranger_id, "email", ["hash"]) == {}
        assert suppressions.of(connection, stage.store_id, "sms", ["hash"]) == {}


def test_a_pause_keeps_when_it_began_and_ends_when_its_time_is_over(stage: Stage) -> None:
    with stage.database.writing() as connection:
        now = stage.database.real_now(connection)
        for minute in (0, 5):
            since = now + timedelta(minutes=minute)
            until = since + timedelta(minutes=5)
            pauses.pause(
                connection, stage.store_id, "email", reason="535", since=since, until=until
            )
        assert pauses.over(connection, now + timedelta(minutes=9)) == []
        assert pauses.over(connection, now + HOUR) == [(stage.store_id, "email")]
    (row,) = stage.rows(schema.stores, id=stage.store_id)
    assert row.paused_channels["email"]["since"] == now.isoformat()


def a_code(stage: Stage) -> tuple[str, str]:
    """Put an enrollment's code in; gives the enrollment's id and the code's."""
    stage.cart(stage.customer())
    stage.live(2 * HOUR)
    (enrollment,) = stage.rows(schema.enrollments)
    now = stage.now
    new = NewCode(
        enrollment_id=enrollment.id,
        step_id="code",
        customer_id=enrollment.customer_id,
        code="BACK-1",
        off="percent",
        percent=10,
        amount=None,
        minimum=None,
        starts_at=now,
        ends_at=now + HOUR,
        needed_by=now,
    )
    with stage.database.writing() as connection:
        assert codes.add(connection, stage.store_id, [new], now) == 1
        assert codes.add(connection, stage.store_id, [new], now) == 0
    return enrollment.id, codes.code_id(enrollment.id, "code")


def claim(stage: Stage, lease: timedelta) -> list[codes.ClaimedCode]:
    with stage.database.writing() as connection:
        now, real_now = stage.database.moments(connection)
        return codes.claim(
            connection,
            stage.store_id,
            now=now,
            real_now=real_now,
            owner="me",
            lease_until=real_now + lease,
            limit=5,
        )


def test_a_code_is_in_one_hand_and_the_late_one_writes_nothing(stage: Stage) -> None:
    a_code(stage)
    (first,) = claim(stage, -SECOND)
    (second,) = claim(stage, HOUR)
    assert claim(stage, HOUR) == []
    assert second.fence == first.fence + 1
    with stage.database.writing() as connection:
        kept = {"state": codes.CREATED, "external_id": "gid"}
        assert not codes.settle(connection, stage.store_id, first, **kept)  # type: ignore[arg-type]
        assert codes.settle(connection, stage.store_id, second, **kept)  # type: ignore[arg-type]
    assert stage.states(schema.codes) == {"created": 1}


def test_a_code_whose_end_moves_is_told_to_the_platform_again(stage: Stage) -> None:
    _, code_id = a_code(stage)
    (claimed,) = claim(stage, HOUR)
    later = stage.now + 5 * HOUR
    with stage.database.writing() as connection:
        codes.extend(connection, stage.store_id, [(code_id, later, later)], stage.now)
        codes.settle(
            connection, stage.store_id, claimed, state=codes.CREATED, external_id="gid://1"
        )
    assert stage.states(schema.codes) == {"pending": 1}
    (again,) = claim(stage, HOUR)
    assert (again.ends_at, again.external_id) == (later, "gid://1")


def test_an_order_cancels_codes_that_were_not_made_yet(stage: Stage) -> None:
    enrollment_id, _ = a_code(stage)
    with stage.database.writing() as connection:
        codes.cancel(connection, stage.stranger_id, [enrollment_id])
        assert connection.execute(schema.codes.select()).one().state == "pending"
        codes.cancel(connection, stage.store_id, [enrollment_id])
    assert stage.states(schema.codes) == {"cancelled": 1}
    assert claim(stage, HOUR) == []
