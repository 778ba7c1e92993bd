"""A DNS server on this machine that answers TXT questions from a dictionary, over UDP."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class LocalDns:
    """`texts`: name -> its TXT records; a name that is not in it does not exist."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    port: int = 0
    is_silent: bool = False
    asked: list[str] = field(default_factory=list)

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self.port}"

    def answer(self, wire: bytes) -> bytes:
        question = dns.message.from_wire(wire)
        name = question.question[0].name.to_text(omit_final_dot=True).lower()
        self.asked.append(name)
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        if name not in self.texts:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif self.texts[name]:
            rows = [_quoted(text) for text in self.texts[name]]
            place = question.question[0].name
            answer.answer.append(dns.rrset.from_text_list(place, 60, "IN", "TXT", rows))
        return answer.to_wire(max_size=4096)


def _quoted(text: str) -> str:
    """A TXT record's strings hold 255 bytes each: a long key comes in parts."""
    return " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))


@contextmanager
def running() -> Iterator[LocalDns]:
    """Serve until the block ends."""
    served = LocalDns()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        door.settimeout(0.1)
        served.port = door.getsockname()[1]
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    wire, asker = door.recvfrom(4096)
                except TimeoutError:
                    continue
                if not served.is_silent:
                    door.sendto(served.answer(wire), asker)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield served
        over.set()
        thread.join()
