"""Asking DNS for the text that stands at a name."""

from ipaddress import ip_address

import dns.exception
import dns.resolver

SECONDS = 4.0


class DnsLookup:
    """Asks the servers that are named (`127.0.0.1:5353,10.0.0.1`), else the machine's own."""

    def __init__(self, servers: str | None = None) -> None:
        self._servers = [_place(one) for one in (servers or "").split(",") if one.strip()]

    def texts(self, name: str) -> list[str] | None:
        """Give the TXT records at a name, each put together; None: nobody answered."""
        try:
            answer = self._resolver().resolve(name, "TXT", lifetime=SECONDS)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError):
            return None
        return [b"".join(row.strings).decode("utf-8", "replace") for row in answer]

    def _resolver(self) -> dns.resolver.Resolver:
        if not self._servers:
            return dns.resolver.Resolver()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = [host for host, _ in self._servers]
        resolver.nameserver_ports = dict(self._servers)
        return resolver


def _place(told: str) -> tuple[str, int]:
    host, _, port = told.strip().rpartition(":")
    if not host or ":" in host:  # no port, or an address of IPv6 without brackets
        host, port = told.strip(), "53"
    host = host.strip("[]")
    ip_address(host)
    return host, int(port)
