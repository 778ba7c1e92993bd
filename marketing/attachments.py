"""What comes with a customer's message besides words: a picture, a voice message, a file."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

MOST = 10
"""How many of one message are kept."""
LONGEST_NAME, LONGEST_URL = 200, 4000


class AttachmentKind(StrEnum):
    """What it is, as far as its platform says so."""

    PICTURE = "picture"
    VIDEO = "video"
    VOICE = "voice"
    FILE = "file"
    STICKER = "sticker"
    PLACE = "place"
    CONTACT = "contact"
    POST = "post"
    OTHER = "other"


BY_TYPE: Final[Mapping[str, AttachmentKind]] = {
    "image": AttachmentKind.PICTURE,
    "video": AttachmentKind.VIDEO,
    "audio": AttachmentKind.VOICE,
}
CARDS: Final = frozenset({"text/vcard", "text/x-vcard", "text/directory"})


@dataclass(frozen=True, slots=True)
class Attachment:
    """One of them: where it lies (`url`), or the platform's own id of it; `name` is a file's."""

    kind: AttachmentKind
    url: str = ""
    media_id: str = ""
    name: str = ""

    @property
    def has_file(self) -> bool:
        """Say whether there is something of it to open."""
        return bool(self.url or self.media_id)


def kind_of_type(content_type: str) -> AttachmentKind:
    """Give the kind of a media type: `image/jpeg` is a picture."""
    told = content_type.partition(";")[0].strip().casefold()
    if told in CARDS:
        return AttachmentKind.CONTACT
    return BY_TYPE.get(told.partition("/")[0], AttachmentKind.FILE)


def dump(told: Iterable[Attachment]) -> list[dict[str, str]]:
    """Write them as they are stored: the first few, without what is empty or too long to serve."""
    return [_bounded(one) for one in list(told)[:MOST]]


def _bounded(one: Attachment) -> dict[str, str]:
    url = one.url if len(one.url) <= LONGEST_URL else ""
    told = asdict(one) | {"kind": str(one.kind), "url": url, "name": one.name[:LONGEST_NAME]}
    return {name: value for name, value in told.items() if value}


def read(stored: Any) -> list[Attachment]:
    """Read what is stored; what makes no sense is something else that nobody can open."""
    return [_read(one) for one in stored] if isinstance(stored, list) else []


def _read(stored: Any) -> Attachment:
    told = stored if isinstance(stored, Mapping) else {}
    if told.get("kind") not in set(AttachmentKind):
        return Attachment(AttachmentKind.OTHER)
    texts = {name: str(told.get(name) or "") for name in ("url", "media_id", "name")}
    return Attachment(AttachmentKind(told["kind"]), **texts)
