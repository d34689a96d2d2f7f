"""Which language a text is written in, and which texts are in another one than the rest. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# A few sentences say it; the cost is that of every sign.
_JUDGED: Final = 2_000
_SURE: Final = 0.5
_POSSIBLE: Final = 0.01
_MAJORITY: Final = 0.9


class Languages:
    """Tells 139 languages by the letters of a text: py3langid's own model (Lui and Baldwin 2012, langid.py).

    It holds 100 MB: make one for a run over many texts, and let go of it.
    """

    def __init__(self) -> None:
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def possible(self, text: str) -> tuple[str, ...]:
        """The languages a text may be in (ISO 639), likeliest first; none where no one of them is likely.

        Short texts, names and signs are often possible in dozens, so that none is likely.
        """
        ranked = self._identifier.rank(text[:_JUDGED])
        if ranked[0][1] < _SURE:
            return ()
        return tuple(language for language, chance in ranked if chance > _POSSIBLE)


def other_languages(possible: Sequence[tuple[str, ...]]) -> tuple[list[int], dict[str, int]]:
    """The rows that cannot be in the language of nearly all others, and how many texts are in each.

    No rows where no language is that of nine in ten.
    """
    counts = Counter(languages[0] for languages in possible if languages)
    if not counts:
        return [], {}
    most, count = counts.most_common(1)[0]
    if count < _MAJORITY * counts.total():
        return [], dict(counts)
    return [row for row, languages in enumerate(possible) if languages and most not in languages], dict(
        counts
    )
