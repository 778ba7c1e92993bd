"""Who runs the sample shops' domains: a page to put TXT records in, and the DNS that tells them.

The pixel, the mailbox and the shop are on this machine; so is this. It answers over UDP, with
what dnspython makes of a question; a name that nobody wrote a record for does not exist.
"""

import re
import socket
import threading
from collections.abc import Mapping, Sequence

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from sandbox.state import State

KIND = "dns_record"
LONGEST = 2_000  # of a record's text
_LARGEST_PACKET = 4096
_POLL = 0.1  # seconds until the server notices that it should end
_NAME = re.compile(r"(?=.{3,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]{2,63}")


class BadRecord(Exception):
    """What was typed is no record; the text says what is wrong with it."""


def records(state: State) -> list[tuple[str, str]]:
    """Give every record: its name and its text."""
    return [(one["name"], one["text"]) for one in state.all("", KIND)]


def add(state: State, name: str, text: str) -> None:
    """Keep a TXT record as it was pasted; raises `BadRecord`. The same twice is one."""
    name, text = name.strip().rstrip(".").lower(), text.strip().strip('"').strip()
    if not _NAME.fullmatch(name):
        raise BadRecord("A name is a whole one, such as _dmarc.maple-and-moss.shop.")
    if not text or len(text) > LONGEST or not text.isascii():
        raise BadRecord(f"A text has 1 to {LONGEST} plain characters.")
    state.put("", KIND, {"id": f"{name} {text}", "name": name, "text": text})


def remove(state: State, name: str, text: str) -> None:
    """Forget a record; one that is gone is fine."""
    state.drop("", KIND, f"{name} {text}")


def texts(state: State) -> dict[str, list[str]]:
    """Give what stands at each name."""
    told: dict[str, list[str]] = {}
    for name, text in records(state):
        told.setdefault(name, []).append(text)
    return told


def reply(wire: bytes, told: Mapping[str, Sequence[str]]) -> bytes | None:
    """Answer a question for TXT records; None: it is no question that can be read."""
    try:
        question = dns.message.from_wire(wire)
        answer = dns.message.make_response(question)
        (asked,) = question.question
    except (dns.exception.DNSException, ValueError):
        return None
    answer.flags |= dns.flags.RA
    rows = told.get(name_of(asked.name))
    if rows is None:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    elif rows and asked.rdtype == dns.rdatatype.TXT:
        quoted = [_quoted(text) for text in rows]
        answer.answer.append(dns.rrset.from_text_list(asked.name, 60, "IN", "TXT", quoted))
    return answer.to_wire(max_size=_LARGEST_PACKET)


def name_of(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _quoted(text: str) -> str:
    """A TXT record's strings hold 255 bytes each: a long key comes in parts."""
    parts = (text[at : at + 200] for at in range(0, len(text), 200))
    escaped = (part.replace("\\", "\\\\").replace('"', '\\"') for part in parts)
    return " ".join(f'"{part}"' for part in escaped)


class DnsServer:
    """Answers at a port of this machine what the merchants have put in; 0: any port."""

    def __init__(self, state: State, host: str, port: int) -> None:
        self._state = state
        self._place = host, port
        self._over = threading.Event()
        self._door: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, name="dns", daemon=True)

    @property
    def port(self) -> int:
        if self._door is None:
            raise RuntimeError("the DNS server has not been started")
        return int(self._door.getsockname()[1])

    def start(self) -> None:
        """Open the door; its port is known then."""
        self._door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._door.settimeout(_POLL)
        self._door.bind(self._place)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        if self._door is not None:
            self._door.close()

    def _serve(self) -> None:
        door = self._door
        while door is not None and not self._over.is_set():
            try:
                wire, asker = door.recvfrom(_LARGEST_PACKET)
            except OSError:  # nobody asked for a while, or who asked has gone
                continue
            answer = reply(wire, texts(self._state))
            if answer is not None:
                door.sendto(answer, asker)
