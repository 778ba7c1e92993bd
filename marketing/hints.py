"""What a platform only hints at: it has more to say of it to who asks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToldInPart:
    """Something changed, and how it stands now is to be asked for."""

    noun: str
    """`product`, as `StoreConnector.fetch_page` has it."""
