"""Reading an S3-compatible bucket through the guarded client. Pure.

Requests are signed by botocore (AWS Signature Version 4) and sent by `fetch`, so that neither the address nor
a redirect of the other side escapes the operator's policy.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from types import MappingProxyType
from typing import Final
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from core.outgoing.errors import OutgoingFailed, OutgoingRefused, OutgoingTooLarge
from core.outgoing.fetch import Fetched, FetchLimits, fetch, fetch_to
from core.outgoing.policy import OutgoingPolicy

_LISTING: Final = FetchLimits(max_bytes=8 << 20, total_s=60.0, redirects=0)
_OBJECT: Final = FetchLimits(total_s=300.0, redirects=0)
# Somebody may be waiting for it.
_AWAITED: Final = FetchLimits(total_s=120.0, redirects=0)
# Servers may answer a page with nothing on it while they look, but not for ever.
_BARE_PAGES: Final = 100
_REFUSAL_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """Where a bucket is and who reads it. `endpoint` is `https://host[:port]`; no `key_id` reads anonymously."""

    endpoint: str
    bucket: str
    region: str = "us-east-1"
    key_id: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class BucketObject:
    """One listed object; `etag` names its content as the server does."""

    key: str
    size_bytes: int
    etag: str


class BucketRefused(OutgoingRefused):
    """The bucket's server answered, and not with what was asked for."""

    code = "bucket_refused"


class BucketElsewhere(BucketRefused):
    """It is in another region."""

    code = "bucket_elsewhere"


class BucketMisread(BucketRefused):
    """The request was not understood."""

    code = "bucket_misread"


class BucketDenied(BucketRefused):
    """The key is wrong or may not do it."""

    code = "bucket_denied"


class BucketMissing(BucketRefused):
    """No such bucket or object."""

    code = "bucket_missing"


class BucketChanged(BucketRefused):
    """An object is not any more what was listed."""

    code = "bucket_changed"


_REMEDIES: Final[Mapping[int, tuple[type[BucketRefused], str]]] = MappingProxyType(
    {
        301: (BucketElsewhere, "the bucket is in another region; name its region"),
        307: (BucketElsewhere, "the bucket is in another region; name its region"),
        400: (BucketMisread, "the request was not understood; check the region and the key"),
        403: (BucketDenied, "access was denied; check the key and that it may list and read the bucket"),
        404: (BucketMissing, "there is no such bucket or object"),
        412: (BucketChanged, "the object was changed after the import began; import again"),
    }
)


class Bucket:
    """A bucket by path-style addresses, which every S3-compatible server knows."""

    def __init__(self, address: BucketAddress, policy: OutgoingPolicy) -> None:
        self._address, self._policy = address, policy
        self._base = f"{address.endpoint.rstrip('/')}/{quote(address.bucket, safe='')}"

    def objects(self, prefix: str, on_page: Callable[[], None] = lambda: None) -> Iterator[BucketObject]:
        """Everything under `prefix` in the order of its keys. Raises BucketRefused, OutgoingFailed.

        `on_page` is called before each page, also where pages hold nothing. A server that leads in a circle, or
        on and on without an object, is refused.
        """
        after: dict[str, str] = {}
        bare = 0
        seen: set[bytes] = set()
        while True:
            on_page()
            query = {"list-type": "2", "max-keys": "1000", "prefix": prefix, **after}
            page = _parsed(self._got("?" + urlencode(sorted(query.items()), quote_via=quote), _LISTING).body)
            found = [_object_of(entry) for entry in page.iterfind("{*}Contents")]
            yield from found
            token = page.findtext("{*}NextContinuationToken")
            if not token or page.findtext("{*}IsTruncated") != "true":
                return
            bare = 0 if found else bare + 1
            digest = blake2b(token.encode(), digest_size=16).digest()
            if digest in seen or bare > _BARE_PAGES:
                raise OutgoingFailed("the bucket's server lists without an end")
            seen.add(digest)
            after = {"continuation-token": token}

    def read(self, wanted: BucketObject, limit_bytes: int) -> bytes:
        """The object as it was listed. Raises BucketRefused when it changed, OutgoingTooLarge, OutgoingFailed."""
        limits = replace(_OBJECT, max_bytes=max(limit_bytes, _REFUSAL_BYTES))
        headers = {"If-Match": wanted.etag} if wanted.etag else {}
        body = self._got("/" + quote(wanted.key, safe="/-_.~"), limits, headers).body
        if len(body) > limit_bytes:
            raise OutgoingTooLarge("the object is larger than is allowed", limit_bytes=limit_bytes)
        return body

    def read_to(self, key: str, size_bytes: int, sink: Callable[[bytes], object]) -> None:
        """The object as it is now, chunk by chunk. Raises BucketRefused, OutgoingTooLarge, OutgoingFailed."""
        url = f"{self._base}/{quote(key, safe='/-_.~')}"
        limits = replace(_AWAITED, max_bytes=max(size_bytes, _REFUSAL_BYTES))
        headers = self._signed("GET", url, {})
        answer = fetch_to(sink, url, policy=self._policy, headers=headers, limits=limits, only_success=False)
        _told(answer)

    def check(self, wanted: BucketObject) -> None:
        """Whether the object is still what was listed, without reading it. Raises BucketRefused, OutgoingFailed."""
        self._got(
            "/" + quote(wanted.key, safe="/-_.~"),
            _LISTING,
            {"If-Match": wanted.etag} if wanted.etag else {},
            method="HEAD",
        )

    def _got(
        self, path: str, limits: FetchLimits, headers: dict[str, str] | None = None, method: str = "GET"
    ) -> Fetched:
        url = self._base + path
        signed = self._signed(method, url, headers or {})
        return _told(fetch(method, url, policy=self._policy, headers=signed, limits=limits))

    def _signed(self, method: str, url: str, headers: dict[str, str]) -> dict[str, str]:
        if not self._address.key_id:
            return headers
        # Half a second of imports that only a worker with a bucket needs.
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        request = AWSRequest(method=method, url=url, headers=headers)
        credentials = Credentials(self._address.key_id, self._address.secret)
        S3SigV4Auth(credentials, "s3", self._address.region).add_auth(request)
        return {str(name): str(value) for name, value in request.headers.items()}


def _told(answer: Fetched) -> Fetched:
    if answer.status == 200:
        return answer
    if answer.status in _REMEDIES:
        refusal, detail = _REMEDIES[answer.status]
        raise refusal(detail, status=answer.status)
    raise OutgoingFailed(f"the bucket's server answered HTTP {answer.status}")


def _parsed(body: bytes) -> Element:
    try:
        page: Element = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as exc:
        raise OutgoingFailed("the other side did not answer as a bucket does") from exc
    if not page.tag.endswith("ListBucketResult"):
        raise OutgoingFailed("the other side did not answer as a bucket does")
    return page


def _object_of(entry: Element) -> BucketObject:
    size = entry.findtext("{*}Size") or ""
    if not size.isdecimal():
        raise OutgoingFailed("the other side did not answer as a bucket does")
    return BucketObject(entry.findtext("{*}Key") or "", int(size), entry.findtext("{*}ETag") or "")
