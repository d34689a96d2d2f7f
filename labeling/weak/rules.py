"""A rule as people write it: words or a pattern, and the class it speaks for. Pure."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, cast

from core.errors import InvalidInput
from core.patterns import MAX_PATTERN, pattern_compiled

MAX_RULES: Final = 50
MAX_WORDS: Final = 2_000
MAX_WORD: Final = 100
# Of all rules together.
MAX_WORDS_ALL: Final = 20_000
# RE2 is linear in the text times the size of its program: this keeps a search in the beginning of a text below a second.
MAX_PROGRAM: Final = 20_000
KINDS: Final = ("words", "pattern")
Kind = Literal["words", "pattern"]


class RuleRefused(InvalidInput):
    """A rule cannot be used as it is; `params.rule` is its place in the list, from 0."""

    code = "rule_refused"


@dataclass(frozen=True, slots=True)
class Rule:
    """What matches says `label`, the id of a class. Capital and small letters are one unless `match_case`.

    Full-width and half-width forms of words are one. `whole_word` is of words alone: a match is no part of a longer word.
    """

    label: str
    kind: Kind
    words: tuple[str, ...] = ()
    pattern: str = ""
    whole_word: bool = False
    match_case: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {**asdict(self), "words": list(self.words)}


def rules_from(raw: Any) -> tuple[Rule, ...]:
    """The rules of a request or of a row, checked. Raises RuleRefused naming the rule, its field and what to do."""
    if not isinstance(raw, list):
        raise RuleRefused("send a list of rules", field="rules")
    if len(raw) > MAX_RULES:
        raise RuleRefused(f"at most {MAX_RULES} rules; join some of one class", field="rules")
    rules = tuple(_rule(row, place) for place, row in enumerate(raw))
    if sum(len(rule.words) for rule in rules) > MAX_WORDS_ALL:
        raise RuleRefused(
            f"at most {MAX_WORDS_ALL} words in all rules together; leave rare ones out", field="rules"
        )
    return rules


def _rule(row: Any, place: int) -> Rule:
    if not isinstance(row, Mapping):
        raise _refused(place, "label", "a rule is an object with a class, and words or a pattern")
    kind = row.get("kind")
    if kind not in KINDS:
        raise _refused(place, "kind", "a rule is of the kind words or pattern")
    is_words = kind == "words"
    return Rule(
        label=_label(row.get("label"), place),
        kind=cast(Kind, kind),
        words=_words(row.get("words"), place) if is_words else (),
        pattern="" if is_words else _pattern(row, place),
        whole_word=is_words and _flag(row, "whole_word", place),
        match_case=_flag(row, "match_case", place),
    )


def _label(value: Any, place: int) -> str:
    try:
        return str(uuid.UUID(value))
    except (AttributeError, TypeError, ValueError) as exc:
        raise _refused(place, "label", "choose the class that this rule speaks for") from exc


def _flag(row: Mapping[str, Any], name: str, place: int) -> bool:
    value = row.get(name, False)
    if not isinstance(value, bool):
        raise _refused(place, name, "true or false is expected")
    return value


def _words(value: Any, place: int) -> tuple[str, ...]:
    if (
        not isinstance(value, Sequence)
        or isinstance(value, str)
        or not all(isinstance(w, str) for w in value)
    ):
        raise _refused(place, "words", "a list of words is expected")
    words = tuple(dict.fromkeys(filter(None, (word.strip() for word in value))))
    if not words:
        raise _refused(place, "words", "write at least one word or phrase, each on a line of its own")
    if len(words) > MAX_WORDS:
        raise _refused(place, "words", f"at most {MAX_WORDS} words a rule; put the others into another rule")
    long = next((word for word in words if len(word) > MAX_WORD), None)
    if long is not None:
        raise _refused(place, "words", f"{long[:20]}… is longer than {MAX_WORD} characters; shorten it")
    if not all(map(_is_text, words)):
        raise _refused(place, "words", "a word holds characters that no text has; type it anew")
    return words


def _pattern(row: Mapping[str, Any], place: int) -> str:
    value = row.get("pattern")
    if not isinstance(value, str) or not value:
        raise _refused(place, "pattern", "write a pattern in the syntax of RE2")
    if len(value) > MAX_PATTERN:
        raise _refused(place, "pattern", f"at most {MAX_PATTERN} characters; split it into two rules")
    if not _is_text(value):
        raise _refused(place, "pattern", "the pattern holds characters that no text has; type it anew")
    try:
        compiled = pattern_compiled(value, ignore_case=not _flag(row, "match_case", place))
    except InvalidInput as exc:
        raise _refused(place, "pattern", exc.detail) from exc
    if compiled.programsize > MAX_PROGRAM:
        raise _refused(place, "pattern", "the pattern is too large; repeat fewer times, say {1,20}")
    if compiled.search("") is not None:
        raise _refused(place, "pattern", "the pattern also matches nothing at all; write + for *")
    return value


def _is_text(value: str) -> bool:
    """Neither NUL nor half of a pair, which no database and no UTF-8 holds."""
    return "\x00" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def _refused(place: int, field: str, detail: str) -> RuleRefused:
    return RuleRefused(f"rule {place + 1}: {detail}", field=f"rules.{place}.{field}", rule=place)
