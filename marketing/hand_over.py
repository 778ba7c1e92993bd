"""The step that puts a conversation into human hands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HandOver:
    """Put the conversation into human hands, and write an e-mail to the store's own people.

    From then on no marketing goes to the customer until it is handed back; what is pending is
    held. Who is in human hands already stays there.
    """

    id: str
    subject: str
    text: str
