"""What one party on the internet is likely to hold, of which an address is a part."""

import ipaddress


def host_of(address: str) -> str:
    """Give what one line to the internet holds: an IPv4 address, or the /64 of an IPv6 one."""
    return _within(address, 32, 64)


def network_of(address: str) -> str:
    """Give the network that one party is likely to hold whole: a /24, or a /48."""
    return _within(address, 24, 48)


def _within(address: str, v4: int, v6: int) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        known = known.ipv4_mapped or known
    length = v4 if known.version == 4 else v6
    return str(ipaddress.ip_network(f"{known}/{length}", strict=False))
