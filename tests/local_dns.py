"""A DNS server on this machine that answers TXT questions from a dictionary, over UDP."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.message

from sandbox.dns_host import name_of, reply


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
        self.asked.append(name_of(dns.message.from_wire(wire).question[0].name))
        answered = reply(wire, self.texts)
        assert answered
        return answered


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
