"""Fair rounds: a job gives each of its stores a small turn, over and over, for two seconds."""

import time
from collections import deque
from collections.abc import Callable, Sequence

from jobs.garbage import collected_later


def rounds(store_ids: Sequence[str], seconds: float, take_turn: Callable[[str], bool]) -> list[str]:
    """Let stores take turns until none has more or the time is over; give those with more.

    `take_turn` does one bounded batch of a store's work and says whether it has more.
    """
    give_up = time.monotonic() + seconds
    waiting = deque(store_ids)
    while waiting and time.monotonic() < give_up:
        store_id = waiting.popleft()
        with collected_later():
            has_more = take_turn(store_id)
        if has_more:
            waiting.append(store_id)
    return list(waiting)
