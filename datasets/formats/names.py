"""Names inside archives: decoded, checked, compared. Pure. A name never becomes a path."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

MAX_DEPTH: Final = 20
MAX_NAME_LENGTH: Final = 1_024
MAX_CLASS_NAME: Final = 100
CUT_NAMES: Final = (
    f"class names that differ only beyond {MAX_CLASS_NAME} characters became one class; shorten them"
)
_MAX_CUT: Final = 10_000

_LITTER: Final = frozenset(("__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "@eadir"))
# What a split is called, in lower case.
SPLIT_WORDS: Final = {
    "train": "train",
    "training": "train",
    "trn": "train",
    "训练": "train",
    "训练集": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "验证": "val",
    "验证集": "val",
    "test": "test",
    "testing": "test",
    "测试": "test",
    "测试集": "test",
}
_DRIVE = re.compile(r"^[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")


def names_decoded(raw: Sequence[tuple[bytes, bool]]) -> tuple[list[str | None], str]:
    """Names of one archive and the encoding found. An item is (bytes, says it is UTF-8).

    Those without the flag are one encoding: UTF-8, else GB18030, else cp437. None stands for a name
    that breaks its own flag.
    """
    encoding = _encoding_of([name for name, is_utf8 in raw if not is_utf8])
    decoded: list[str | None] = []
    for name, is_utf8 in raw:
        try:
            decoded.append(name.decode("utf-8" if is_utf8 else encoding))
        except UnicodeDecodeError:
            decoded.append(None)
    return decoded, encoding


def _encoding_of(names: Iterable[bytes]) -> str:
    joined = b"/".join(names)
    for encoding in ("utf-8", "gb18030"):
        try:
            joined.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "cp437"


def unsafe_reason(name: str) -> str | None:
    """Why a name must not be accepted, or None."""
    parts = name.split("/")
    checks = (
        ("a control character", bool(_CONTROL.search(name))),
        ("a backslash", "\\" in name),
        ("an absolute path", name.startswith("/") or bool(_DRIVE.match(name))),
        ("a step upward", any(part in ("..", ".") for part in parts)),
        ("an empty part", any(not part for part in parts)),
        (f"more than {MAX_DEPTH} folders", len(parts) > MAX_DEPTH + 1),
        (f"more than {MAX_NAME_LENGTH} characters", len(name) > MAX_NAME_LENGTH),
    )
    return next((reason for reason, broken in checks if broken), None)


def is_litter(name: str) -> bool:
    """What systems leave behind in folders. A name that is unsafe is told, not passed over."""
    return "\\" not in name and any(
        (part.startswith(".") and part.strip(".")) or part.lower() in _LITTER for part in name.split("/")
    )


def compare_key(name: str) -> str:
    """Equal for names that some file system takes for the same."""
    return unicodedata.normalize("NFC", name).casefold()


def split_of(folder: str) -> str:
    """`train`, `val` or `test` when a folder's name means one of them, else empty."""
    return SPLIT_WORDS.get(folder.strip().lower(), "")


def split_in(name: str) -> str:
    """`instances_train2017.json` and `train/_annotations.coco.json` both say train."""
    folder, _, tail = name.rpartition("/")
    words = [folder.rpartition("/")[2], *re.split(r"[_\-. ]", tail.rpartition(".")[0])]
    return next((split for word in words if (split := split_of(word.rstrip("0123456789")))), "")


def without_common_root(names: Sequence[str]) -> list[str]:
    """Names without the folders that all of them share, unless such a folder means a split."""
    split_names = [name.split("/") for name in names]
    depth = 0
    while split_names and all(
        len(parts) > depth + 1 and parts[depth] == split_names[0][depth] for parts in split_names
    ):
        if split_of(split_names[0][depth]):
            break
        depth += 1
    return ["/".join(parts[depth:]) for parts in split_names]


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts `class2` before `class10`."""
    return tuple(
        (0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part)
        for part in re.split(r"(\d{1,18})", name.casefold())
        if part
    )


def class_name(raw: str) -> str:
    """A class name fit to show: no control characters, one line, at most 100 characters."""
    return _one_line(raw)[:MAX_CLASS_NAME]


class CutNames:
    """Finds the names that become one class only because long ones are cut."""

    def __init__(self) -> None:
        self._ends: dict[str, set[int]] = {}
        self._seen = 0

    def joins(self, raw: str) -> bool:
        """Whether this name is cut to what another name before it was cut to; once for each."""
        if len(raw) <= MAX_CLASS_NAME or len(full := _one_line(raw)) <= MAX_CLASS_NAME:
            return False
        ends, end = self._ends.setdefault(full[:MAX_CLASS_NAME], set()), hash(full)
        if end in ends or self._seen >= _MAX_CUT:
            return False
        self._seen += 1
        ends.add(end)
        return len(ends) > 1


def _one_line(raw: str) -> str:
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", raw)).split())


def shown(name: str, limit: int = 255) -> str:
    """A name cut to what the tables hold; its end says most, so the front goes."""
    clean = _CONTROL.sub("\ufffd", name)
    return clean if len(clean) <= limit else "…" + clean[-(limit - 1) :]
