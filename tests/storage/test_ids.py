"""Ids that sort by time: each behind the one before, also within a millisecond."""

import time
import uuid

from storage.schema import new_id


def test_ids_of_one_process_sort_as_they_were_given() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(set(ids))


def test_an_id_is_a_uuid_of_version_seven_with_its_moment_in_front() -> None:
    before = time.time_ns() // 1_000_000
    told = uuid.UUID(new_id())
    assert (told.version, told.variant) == (7, uuid.RFC_4122)
    assert before - 1 <= told.int >> 80 <= time.time_ns() // 1_000_000 + 1
