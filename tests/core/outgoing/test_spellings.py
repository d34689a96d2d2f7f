"""No spelling of an inner address gets past the gate, and none opens a connection."""

import socket

import pytest

from core.outgoing import (
    OutgoingFailed,
    OutgoingPolicy,
    OutgoingRefused,
    address_check,
    fetch,
    policy_from_text,
    system_resolver,
    target_from_url,
    url_check,
)
from core.outgoing.policy import is_public

SPELLINGS = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://0x7f.1/",
    "http://127.000.000.001/",
    "http://0.0.0.0/",
    "http://0/",
    "http://0x0/",
    "http://00000000000/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:c0a8:101::1]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25lo]/",
    "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/",
    "http://[fd12:3456:789a::1]/",
    "http://[ff02::1]/",
    "http://[::1%25lo]/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://198.18.0.1/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://lOcAlHoSt./",
    "http://127.0.0.1./",
    "http://public.example@127.0.0.1/",
    "http://127.0.0.1:80@public.example/",
    "http://127.0.0.1:8000/",
    "http://127.0.0.1:443/",
    "http://127.0.0.1\\@public.example/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://127.0.0.1%2f@public.example/",
    "http:///etc/passwd",
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1:6379/_INFO",
    "data:text/plain,hello",
    "http://127.0.0.1\r\nHost: x/",
    "http://public.example:22/",
    "http://public.example:0/",
    "http://public.example:99999/",
    "http://[::1/",
    "//127.0.0.1/",
    "http://",
    "http://exa mple/",
    "http://.../",
    "http://a" + "b" * 5000 + "/",
    "http://xn--/",
    "http://" + "é" * 80 + "/",
]


@pytest.fixture
def no_connection(monkeypatch):
    def connect(*args, **kwargs):
        raise AssertionError(f"connected to {args}")

    monkeypatch.setattr(socket, "create_connection", connect)


def local_names(host: str, port: int) -> list[str]:
    """The system's resolver for addresses and localhost, a public address for other names."""
    return ["93.184.216.34"] if host == "public.example" else system_resolver(host, port)


def test_there_are_at_least_sixty_spellings():
    assert len(set(SPELLINGS)) >= 60


@pytest.mark.parametrize("url", SPELLINGS)
def test_a_spelling_of_an_inner_address_is_refused_without_a_connection(url, no_connection):
    with pytest.raises(OutgoingRefused) as caught:
        fetch("GET", url, policy=OutgoingPolicy(), resolver=local_names)
    assert "127" not in caught.value.detail
    assert caught.value.status == 422


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("http://Public.Example/a b".replace(" ", "%20"), "public.example", 80, "/a%20b"),
        ("https://public.example./x?y=1#z", "public.example", 443, "/x?y=1"),
        ("https://93.184.216.34", "93.184.216.34", 443, "/"),
        (
            "http://[2606:2800:220:1:248:1893:25c8:1946]/ü",
            "2606:2800:220:1:248:1893:25c8:1946",
            80,
            "/%C3%BC",
        ),
        ("http://bücher.example/", "xn--bcher-kva.example", 80, "/"),
    ],
)
def test_a_public_address_is_understood(url, host, port, path):
    target = target_from_url(url, OutgoingPolicy())
    assert (target.host, target.port, target.path) == (host, port, path)


def test_the_host_header_keeps_brackets_and_an_unusual_port():
    policy = policy_from_text("[2606:2800:220:1::1]:8080")
    assert (
        target_from_url("http://[2606:2800:220:1::1]:8080/", policy).host_header
        == "[2606:2800:220:1::1]:8080"
    )


def test_one_private_address_among_public_ones_refuses_the_name():
    with pytest.raises(OutgoingRefused):
        address_check("both.example", 80, OutgoingPolicy(), lambda h, p: ["93.184.216.34", "10.0.0.1"])


def test_a_name_without_addresses_is_refused():
    with pytest.raises(OutgoingRefused):
        address_check("none.example", 80, OutgoingPolicy(), lambda h, p: [])


def test_an_unknown_name_could_not_be_connected_to():
    with pytest.raises(OutgoingFailed):
        system_resolver("does-not-exist.invalid", 80)


def test_the_operator_lists_an_exact_host_and_port():
    policy = policy_from_text("Minio.local.:9000, 127.0.0.1:8000")
    target = url_check("http://minio.local:9000/", policy, lambda h, p: ["10.1.2.3"])
    assert target.host == "minio.local"
    with pytest.raises(OutgoingRefused):
        url_check("http://minio.local:9001/", policy, lambda h, p: ["10.1.2.3"])
    with pytest.raises(OutgoingRefused):
        url_check("http://minio.local/", policy, lambda h, p: ["10.1.2.3"])
    with pytest.raises(OutgoingRefused):
        url_check("http://sub.minio.local:9000/", policy, lambda h, p: ["10.1.2.3"])


@pytest.mark.parametrize("text", ["localhost", ":80", "a:", "a:0", "a:70000", "a:b"])
def test_a_malformed_list_stops_the_start(text):
    with pytest.raises(ValueError, match="expected host:port"):
        policy_from_text(text)


@pytest.mark.parametrize("address", ["", "nonsense", "fe80::1%lo", "999.1.1.1"])
def test_what_cannot_be_read_is_not_public(address):
    assert not is_public(address)


def test_plain_public_addresses_are_public():
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1:248:1893:25c8:1946")


def test_a_host_given_by_itself_is_read_as_strictly():
    for host in ("1:2", "::1%lo", "a b", "é" * 80):
        with pytest.raises(OutgoingRefused):
            address_check(host, 80, OutgoingPolicy(), lambda h, p: ["93.184.216.34"])
