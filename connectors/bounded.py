"""Calls to addresses that others name: to a public address, ended once their time is up.

Each read or write of a socket waits anew for the time it is given: whoever sends a byte now and
then could hold a call for good. Here every wait counts against the one end of the call.
"""

import ssl
import time
from functools import cache
from typing import Any

import httpcore
import httpx

from connectors.addresses import public_address

FAILURES = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)
"""What comes of a call that does not come through."""


def pool(until: float, *, may_be_local: bool) -> httpcore.ConnectionPool:
    """Give connections that nothing leads inside, and that end at `until` of the monotonic clock.

    `may_be_local`: in the demo, this machine is allowed. Calls raise what `FAILURES` names,
    `UnsafeAddress`, and `StoreUnavailable` for a host that is not found.
    """
    backend = _Pinned(until, may_be_local=may_be_local)
    return httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class _Pinned(httpcore.NetworkBackend):
    """Connects to the address that was looked at, and to nothing once time is up."""

    def __init__(self, until: float, *, may_be_local: bool) -> None:
        self._until = until
        self._may_be_local = may_be_local
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *rest: Any, **more: Any
    ) -> httpcore.NetworkStream:
        address = public_address(host, port, may_be_local=self._may_be_local)
        left = _left(self._until, timeout)
        stream = self._real.connect_tcp(address, port, left, *rest, **more)
        return _Timed(stream, self._until)


class _Timed(httpcore.NetworkStream):
    """A stream whose every wait counts against the one end of the call."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._until, timeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(until: float, timeout: float | None) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("it took too long")
    return left if timeout is None else min(left, timeout)
