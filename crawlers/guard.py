"""
Which addresses a crawl may never touch. Pure: the same address gives the same answer.

Own table of ranges: Python's `is_global` calls multicast, NAT64 and 6to4 addresses global, and
`is_private` misses 100.64.0.0/10, where cloud metadata services live.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import unquote, urlsplit

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# IANA special-purpose registries for IPv4 and IPv6, and the well-known metadata addresses.
_RANGES: tuple[tuple[str, str], ...] = (
    ("127.0.0.0/8", "loopback"),
    ("::1/128", "loopback"),
    ("10.0.0.0/8", "private"),
    ("172.16.0.0/12", "private"),
    ("192.168.0.0/16", "private"),
    ("100.100.100.200/32", "metadata"),
    ("169.254.169.254/32", "metadata"),
    ("fd00:ec2::254/128", "metadata"),
    ("fc00::/7", "private"),
    ("0.0.0.0/8", "unspecified"),
    ("::/128", "unspecified"),
    ("100.64.0.0/10", "shared"),
    ("169.254.0.0/16", "link-local"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "reserved"),
    ("192.52.193.0/24", "reserved"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.175.48.0/24", "reserved"),
    ("198.18.0.0/15", "benchmark"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("100::/64", "discard"),
    ("2001::/23", "reserved"),  # Teredo, ORCHID, benchmarking
    ("2001:db8::/32", "documentation"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "reserved"),
    ("ff00::/8", "multicast"),
)
_NETWORKS = tuple((ipaddress.ip_network(text), reason) for text, reason in _RANGES)
_LONGEST_FIRST = tuple(sorted(_NETWORKS, key=lambda pair: -pair[0].prefixlen))
_OPENED = frozenset({"loopback", "private"})  # what `allow_private` of a source opens, and no more
_LOCAL_NAME = re.compile(r"(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home\.arpa)$")


def refuse_address(ip: IPAddress | str, *, allow_private: bool = False) -> str | None:
    """
    Why this address must not be connected to, as one word such as "loopback"; None when it may be.

    An IPv6 address that carries an IPv4 address (mapped, compatible, NAT64, 6to4) is judged by both.
    `allow_private` opens loopback and private ranges only. Text that is no address is "invalid".
    """
    if isinstance(ip, str):
        try:
            ip = ipaddress.ip_address(ip.partition("%")[0])
        except ValueError:
            return "invalid"
    reason = next((why for network, why in _LONGEST_FIRST if ip.version == network.version and ip in network), None)
    if reason in _OPENED and allow_private:
        return None
    if reason is None and isinstance(ip, ipaddress.IPv6Address):
        return _refuse_carried(ip, allow_private=allow_private)
    return reason


def _refuse_carried(ip: ipaddress.IPv6Address, *, allow_private: bool) -> str | None:
    if ip.ipv4_mapped:
        return refuse_address(ip.ipv4_mapped, allow_private=allow_private)
    if ip in ipaddress.ip_network("64:ff9b::/96") or ip in ipaddress.ip_network("64:ff9b:1::/48"):
        return "NAT64"
    if ip in ipaddress.ip_network("2002::/16"):
        return "6to4"
    if int(ip) < 1 << 32:
        return "reserved"  # IPv4-compatible, withdrawn
    return None if ip in ipaddress.ip_network("2000::/3") else "reserved"


def literal_address(host: str) -> IPAddress | None:
    """
    The address that a host spells, in any way a resolver may read it; None for a name.

    Reads 127.1, decimal, octal and hex parts (as inet_aton does), full-width and circled digits,
    percent-escapes, brackets, zone ids and a trailing dot.
    """
    plain = unicodedata.normalize("NFKC", unquote(host)).strip().strip("[]").rstrip(".").lower()
    plain = plain.replace("。", ".")
    try:
        return ipaddress.ip_address(plain.partition("%")[0])
    except ValueError:
        return _inet_aton(plain)


def _inet_aton(text: str) -> ipaddress.IPv4Address | None:
    parts = text.split(".")
    if not 1 <= len(parts) <= 4:
        return None
    numbers = [_number(part) for part in parts]
    if any(n is None for n in numbers):
        return None
    *heads, last = [n for n in numbers if n is not None]
    if any(n > 255 for n in heads) or last >= 256 ** (4 - len(heads)):
        return None
    value = sum(n << 8 * (3 - place) for place, n in enumerate(heads)) + last
    return ipaddress.IPv4Address(value)


def _number(part: str) -> int | None:
    for pattern, base in ((r"0x[0-9a-f]*", 16), (r"0[0-7]*", 8), (r"[1-9][0-9]*", 10)):
        if re.fullmatch(pattern, part, re.ASCII):
            return int(part.removeprefix("0x") or "0", base)
    return None


def refuse_url(url: str, *, allow_private: bool = False) -> str | None:
    """
    Why this address must not be fetched, judged by its text alone; None when its host must be resolved to know.

    Refuses schemes other than http and https, user names in the address, hosts that spell a closed
    address, and names that are local by convention.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "invalid"
    if parts.scheme not in ("http", "https"):
        return "scheme"
    if not host:
        return "invalid"
    if parts.username is not None or parts.password is not None:
        return "user name"
    address = literal_address(host)
    if address is not None:
        return refuse_address(address, allow_private=allow_private)
    name = unicodedata.normalize("NFKC", host).rstrip(".").lower()
    return "loopback" if _LOCAL_NAME.search(name) and not allow_private else None
