"""What in a text points to a person: mail, phone, Chinese identity number, payment card. Pure.

Numbers count only with what makes them valid, a check digit or a calling code, so that order numbers and dates
are left alone.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, Literal, NamedTuple

PersonalKind = Literal["mail", "phone", "identity", "card"]


class Personal(NamedTuple):
    """A find: `[start, end)` in code points."""

    kind: PersonalKind
    start: int
    end: int


_MAIL: Final = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])"
)
_IDENTITY: Final = re.compile(r"(?<![0-9A-Za-z])[1-8]\d{16}[0-9Xx](?![0-9A-Za-z])")
_CARD: Final = re.compile(r"(?<![\d.-])[3-6](?:[ -]?\d){12,18}(?![\d-])")
_PHONES: Final = (
    # China: mobile, with or without the calling code, whole or in groups of 3 4 4.
    re.compile(
        r"(?<![0-9A-Za-z_.-])(?:(?:\+|00)?86[ -]?)?1[3-9]\d(?:\d{8}|([ -])\d{4}\1\d{4})(?![0-9A-Za-z_-])"
    ),
    # China: a city's number with its leading zero.
    re.compile(r"(?<![\d.-])\(?0\d{2,3}\)?[ -]\d{7,8}(?![\d-])"),
    # Anywhere: a calling code, then seven to thirteen digits in groups.
    re.compile(r"(?<![\w.])\+[1-9]\d{0,2}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){1,4}(?![\w-])"),
    # North America: (212) 555-0100, 212-555-0100 and 212.555.0100.
    re.compile(r"(?<![\w.-])(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[.-])[2-9]\d{2}[.-]\d{4}(?![\w-])"),
)
# GB 11643-1999, weights and check characters of ISO 7064 MOD 11-2.
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


def personal_found(text: str) -> list[Personal]:
    """Every find in order, none over another; a number that is an identity is no card and no phone."""
    found: list[Personal] = []
    for alike in _candidates(text):
        starts = [one.start for one in found]
        ends = [one.end for one in found]
        # What was found before lies in order and apart, so one look tells.
        free = [one for one in alike if bisect_right(ends, one.start) == bisect_left(starts, one.end)]
        found = sorted((*found, *free), key=lambda one: one.start)
    return found


def _candidates(text: str) -> Iterator[Iterable[Personal]]:
    """By kinds, the surest first; those of one part lie in order and apart."""
    if "@" in text:
        yield (Personal("mail", *match.span()) for match in _MAIL.finditer(text))
    if not any(ch.isdigit() for ch in text):
        return
    yield (Personal("identity", *match.span()) for match in _IDENTITY.finditer(text) if is_identity(match[0]))
    yield (Personal("card", *match.span()) for match in _CARD.finditer(text) if is_card(match[0]))
    for pattern in _PHONES:
        yield (Personal("phone", *match.span()) for match in pattern.finditer(text))


def is_identity(number: str) -> bool:
    """Whether 18 characters are a Chinese identity number: a day of birth, and the check character right."""
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return 1900 <= born.year <= 2100 and _CHECKS[total % 11] == number[17].upper()


def is_card(number: str) -> bool:
    """Whether 13 to 19 digits pass the check of payment cards (Luhn, ISO/IEC 7812-1 annex B)."""
    digits = [int(ch) for ch in number if ch.isdigit()]
    if not 13 <= len(digits) <= 19 or len(set(digits)) < 2:
        return False
    doubled = (sum(divmod(2 * digit, 10)) if at % 2 else digit for at, digit in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0
