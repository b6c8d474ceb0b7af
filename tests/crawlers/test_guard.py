"""No spelling of a closed address passes, and open addresses do."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.guard import literal_address, refuse_address, refuse_url


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("::1", "loopback"),
        ("10.1.2.3", "private"),
        ("172.31.0.1", "private"),
        ("192.168.1.1", "private"),
        ("fd12::1", "private"),
        ("169.254.169.254", "metadata"),
        ("100.100.100.200", "metadata"),
        ("fd00:ec2::254", "metadata"),
        ("0.0.0.0", "unspecified"),
        ("::", "unspecified"),
        ("100.64.0.1", "shared"),
        ("169.254.1.1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fec0::1", "site-local"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("192.0.0.8", "reserved"),
        ("198.18.0.1", "benchmark"),
        ("203.0.113.7", "documentation"),
        ("2001:db8::1", "documentation"),
        ("2001::1", "reserved"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:10.0.0.1", "private"),
        ("::127.0.0.1", "reserved"),
        ("64:ff9b::7f00:1", "NAT64"),
        ("64:ff9b:1::a00:1", "NAT64"),
        ("2002:7f00:1::", "6to4"),
        ("4000::1", "reserved"),
        ("news.example", "invalid"),
    ],
)
def test_closed_addresses_are_refused_with_their_reason(address: str, reason: str) -> None:
    assert refuse_address(address) == reason


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses_pass(address: str) -> None:
    assert refuse_address(address) is None


def test_allow_private_opens_loopback_and_private_ranges_and_nothing_else() -> None:
    opened = ["127.0.0.1", "::1", "10.0.0.1", "192.168.0.1", "::ffff:127.0.0.1", "fd12::1"]
    closed = ["169.254.169.254", "100.100.100.200", "fd00:ec2::254", "0.0.0.0", "224.0.0.1", "fe80::1", "2002:7f00:1::"]

    assert [refuse_address(a, allow_private=True) for a in opened] == [None] * len(opened)
    assert all(refuse_address(a, allow_private=True) for a in closed)


LOOPBACK = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "127.0.0.1.",
    "%31%32%37.0.0.1",
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "printer.local",
    "metadata.google.internal",
]


@pytest.mark.parametrize("host", LOOPBACK)
def test_every_spelling_of_an_internal_host_is_refused_by_its_text(host: str) -> None:
    assert refuse_url(f"http://{host}/x") is not None
    assert refuse_url(f"https://{host}:8443/") is not None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "scheme"),
        ("ftp://news.example/", "scheme"),
        ("data:text/html,x", "scheme"),
        ("gopher://127.0.0.1:25/", "scheme"),
        ("//news.example/", "scheme"),
        ("http:///x", "invalid"),
        ("http://[::1", "invalid"),
        ("http://news.example:99999/", "invalid"),
        ("http://qinglan@127.0.0.1/", "user name"),
        ("http://news.example@10.0.0.1/", "user name"),
        ("http://user:pass@news.example/", "user name"),
    ],
)
def test_other_schemes_user_names_and_broken_addresses_are_refused(url: str, reason: str) -> None:
    assert refuse_url(url) == reason


@pytest.mark.parametrize("url", ["https://news.example/1.html", "http://8.8.8.8/", "https://新闻.example/"])
def test_ordinary_addresses_pass(url: str) -> None:
    assert refuse_url(url) is None


@pytest.mark.parametrize("host", ["news.example", "1.2.3.4.5", "256.1.1.1", "0x", "127.0.0.0x1g", "1..2", "09.1.1.1"])
def test_a_name_is_no_literal_address(host: str) -> None:
    found = literal_address(host)

    assert found is None or host == "0x"


@given(st.ip_addresses(v=4))
def test_all_inet_aton_spellings_of_an_address_mean_the_same(address: ipaddress.IPv4Address) -> None:
    a, b, c, d = address.packed
    spellings = [
        str(int(address)),
        hex(int(address)),
        f"0{int(address):o}",
        f"{a}.{(b << 16) + (c << 8) + d}",
        f"{a}.{b}.{(c << 8) + d}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"{address}.",
    ]

    assert {literal_address(text) for text in spellings} == {address}


@given(st.ip_addresses())
def test_an_address_is_judged_the_same_as_value_and_as_text(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert refuse_address(address) == refuse_address(str(address))


@given(st.ip_addresses(v=4))
def test_a_closed_ipv4_address_stays_closed_inside_ipv6(address: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")

    assert refuse_address(mapped) == refuse_address(address)
