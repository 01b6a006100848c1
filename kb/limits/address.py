"""Whose request is it? The address that a client cannot choose for itself."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings

logger = logging.getLogger(__name__)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

IPV6_PREFIX = 64
"""A household or an office is given a whole /64 and more (RFC 6177), so single IPv6 addresses count nobody."""

_warned = False


def client_of(meta: Mapping[str, str]) -> str:
    """The client's address, or its /64 for IPv6, from a request's META.

    The connection's own address counts, unless it is one of LIMITS_TRUSTED_PROXIES: then the last entry of
    X-Forwarded-For that is none of them. What stands further left was written by the client.
    """
    trusted = networks(tuple(settings.LIMITS_TRUSTED_PROXIES))
    # A socket in a file has no address; only a proxy on this machine speaks through one.
    found = _read(meta.get("REMOTE_ADDR", "")) or ip_address("127.0.0.1")
    forwarded = meta.get("HTTP_X_FORWARDED_FOR", "")
    if forwarded and not _is_in(found, trusted):
        _warn(found)
    for entry in reversed(forwarded.split(",")):
        if not _is_in(found, trusted):
            break
        nearer = _read(entry)
        if nearer is None:
            break
        found = nearer
    if isinstance(found, IPv6Address):
        return str(ip_network((found, IPV6_PREFIX), strict=False))
    return str(found)


@cache
def networks(names: tuple[str, ...]) -> tuple[Network, ...]:
    """Raises ValueError for what is neither an address nor a network."""
    return tuple(ip_network(name.strip()) for name in names if name.strip())


def _read(text: str) -> Address | None:
    text = text.strip()
    if text.startswith("["):  # "[2001:db8::1]:4711", as some proxies write it
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_in(address: Address, trusted: tuple[Network, ...]) -> bool:
    return any(address in network for network in trusted)


def _warn(proxy: Address) -> None:
    """Once per process: behind an unknown proxy all readers together count as one. Public addresses are left out:
    a proxy's seldom is one, and a reader's does not belong into a log."""
    global _warned
    if not _warned and proxy.is_private:
        _warned = True
        logger.warning(
            "Requests come with X-Forwarded-For from %s. If that is your proxy, name it in LOTSE_TRUSTED_PROXIES: "
            "until then all readers share one limit (docs/operators.md)",
            proxy,
        )
