"""Ports of this machine that nobody uses."""

import secrets
import socket

FIRST, LAST = 12000, 32000
"""Below those that the system gives to connections: one of its own would be free now and
somebody's connection a moment later."""


def is_busy(port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> bool:
    with socket.socket(type=kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Give a port that nobody uses."""
    while is_busy(port := FIRST + secrets.randbelow(LAST - FIRST), kind):
        pass
    return port


def free_row(length: int) -> int:
    """Give the first of so many ports side by side that nobody uses."""
    while True:
        first = FIRST + secrets.randbelow(LAST - FIRST - length)
        if not any(is_busy(first + more) for more in range(length)):
            return first
