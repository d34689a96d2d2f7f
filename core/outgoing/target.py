"""From a user's URL to an address that was checked. Pure."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from core.outgoing.errors import OutgoingRefused
from core.outgoing.policy import OutgoingPolicy, Resolver, system_resolver

_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
# What inet_aton reads as an address although nobody writes addresses like that.
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed URL whose host and port may be used; `host` is lower case, without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The value of `Host`, as the URL had it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        """What credentials are bound to."""
        return self.scheme, self.host, self.port


def target_from_url(url: str, policy: OutgoingPolicy) -> Target:
    """Parse and check everything that can be checked without a resolver; raises OutgoingRefused."""
    if len(url) > 4096 or _FORBIDDEN.search(url):
        raise OutgoingRefused("the address holds characters that do not belong in one")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        raise OutgoingRefused("the address cannot be read") from exc
    if parts.scheme not in _PORTS:
        raise OutgoingRefused("only http and https addresses are fetched")
    if parts.username is not None or parts.password is not None:
        raise OutgoingRefused("an address must not hold a user name or password")
    host = _host(parts.hostname or "")
    port = _PORTS[parts.scheme] if port is None else port
    if not policy.may_use_port(host, port):
        raise OutgoingRefused("only ports 80 and 443 are fetched from")
    return Target(parts.scheme, host, port, _path(parts))


def address_check(
    host: str, port: int, policy: OutgoingPolicy, resolver: Resolver = system_resolver
) -> tuple[str, ...]:
    """Every address of a host, all of them allowed; else OutgoingRefused.

    One address out of many that is not public refuses them all: a name that points inward
    at all is not a public name.
    """
    name = _host(host)
    addresses = tuple(resolver(name, port))
    if not addresses or not all(policy.may_connect(name, port, address) for address in addresses):
        raise OutgoingRefused("this address is not allowed; the operator can list it")
    return addresses


def url_check(url: str, policy: OutgoingPolicy, resolver: Resolver = system_resolver) -> Target:
    """Check a URL that another client will use, such as an S3 endpoint; raises OutgoingRefused."""
    target = target_from_url(url, policy)
    address_check(target.host, target.port, policy, resolver)
    return target


def database_check(
    host: str, port: int, usual_port: int, policy: OutgoingPolicy, resolver: Resolver = system_resolver
) -> tuple[str, tuple[str, ...]]:
    """The host as it is written here, and its checked addresses; raises OutgoingRefused.

    Sockets of the machine have no host name that passes. A port other than the usual one of its kind of database is
    for the operator to list, so that nobody looks for open doors from here.
    """
    name = _host(host)
    if port != usual_port and not policy.is_listed(name, port):
        raise OutgoingRefused(f"only port {usual_port} is used for this; the operator can list another")
    return name, address_check(name, port, policy, resolver)


def _host(raw: str) -> str:
    host = raw.rstrip(".").lower()
    if ":" in host:
        return _ipv6(host)
    try:
        host = host.encode("idna").decode("ascii").lower()
    except UnicodeError as exc:
        raise OutgoingRefused("the host name cannot be read") from exc
    if _NUMERIC.fullmatch(host):
        return _ipv4(host)
    if not _NAME.fullmatch(host):
        raise OutgoingRefused("the host name cannot be read")
    return host


def _ipv4(host: str) -> str:
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError as exc:
        raise OutgoingRefused("write the address as four decimal numbers") from exc


def _ipv6(host: str) -> str:
    if "%" in host:
        raise OutgoingRefused("an address must not name a network interface")
    try:
        return str(ipaddress.IPv6Address(host))
    except ValueError as exc:
        raise OutgoingRefused("the address cannot be read") from exc


def _path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=-._~?")
    return f"{path}?{query}" if query else path
