"""What an archive may be. Pure."""

from typing import Final

from core.errors import InvalidInput

MAX_ENTRIES: Final = 50_000
MAX_TOTAL_BYTES: Final = 20 * 1024**3
MAX_MEMBER_BYTES: Final = 512 * 1024**2
MAX_RATIO: Final = 200
# Under this size no ratio does harm, and small text archives legitimately pass the ratio.
RATIO_FREE_BYTES: Final = 8 * 1024**2

CODES: Final = frozenset(
    {
        "archive_empty",
        "archive_unsupported",
        "archive_damaged",
        "archive_encrypted",
        "archive_too_many_entries",
        "archive_too_large",
        "archive_bomb",
        "archive_overlap",
    }
)


class ArchiveRefused(InvalidInput):
    """The archive as a whole is not read; `code` says why, `detail` what to do."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail, field="file")
        if code not in CODES:
            raise RuntimeError(f"undeclared code {code}")
        vars(self)["code"] = code


def check_totals(entries: int, total_bytes: int, archive_bytes: int) -> None:
    """Raise ArchiveRefused when declared counts and sizes break a limit."""
    if entries > MAX_ENTRIES:
        raise ArchiveRefused(
            "archive_too_many_entries",
            f"the archive has {entries} entries; at most {MAX_ENTRIES} are read, so split it",
        )
    if total_bytes > MAX_TOTAL_BYTES:
        raise ArchiveRefused("archive_too_large", "unpacked the archive is over 20 GB; split it")
    if total_bytes > max(MAX_RATIO * archive_bytes, RATIO_FREE_BYTES):
        raise ArchiveRefused(
            "archive_bomb",
            f"unpacked the archive is over {MAX_RATIO} times its size, which no real data set is; pack it again",
        )
