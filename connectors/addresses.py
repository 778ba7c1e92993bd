"""Which addresses we call that others name: a merchant's programs, links and stores.

The host is looked up once, every answer must be a public address, and the call goes to just
that address under the host's name.
"""

import ipaddress
import socket

from connectors.base import StoreRefused, StoreUnavailable

NAT64 = ipaddress.ip_network("64:ff9b::/96")
INWARD = [
    ipaddress.ip_network(one) for one in ("64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96", "fec0::/10")
]
"""Networks of IPv6 that lead into a site, and that Python calls global."""
NOWHERE = ipaddress.IPv4Address(0)


class UnsafeAddress(StoreRefused):
    """An address that nobody but we may call: this machine's, a private network's, no address."""


def public_address(host: str, port: int, *, may_be_local: bool = False) -> str:
    """Look a host up and give its first address; raises `UnsafeAddress` if any is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as failure:
        raise StoreUnavailable(f"{host or 'no host'} is not found") from failure
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    for address in addresses:
        told = ipaddress.ip_address(address)
        mapped = _within(told)
        is_fine = mapped.is_global and not mapped.is_multicast
        if not (is_fine or (may_be_local and mapped.is_loopback)):
            raise UnsafeAddress(f"{host} is no public address")
    return addresses[0]


def _within(
    told: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Give the IPv4 address that an IPv6 address leads to, by whichever of their tunnels."""
    if isinstance(told, ipaddress.IPv4Address):
        return told
    if not told.is_loopback and any(told in network for network in INWARD):
        return NOWHERE
    if told in NAT64:
        return ipaddress.IPv4Address(int(told) & 0xFFFFFFFF)
    tunnelled = told.teredo[1] if told.teredo else None
    return told.ipv4_mapped or told.sixtofour or tunnelled or told
