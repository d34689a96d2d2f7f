"""The browser has words for every operator, group, parameter and choice, in both languages."""

import pytest

from datasets.models import Dataset
from datasets.services.cleanings import cleaner_of
from tests.architecture import measure
from tests.architecture.test_translations import keys_of

# Tables have a file of words of their own.
OURS = ("image", "text")
STORED = ("op_", "opText_", "group_", "param_", "paramText_", "choice_")


def _either(words, kind, op, rest):
    """An operator may have words of its own, beside those of the parameter in general."""
    return {f"{kind}_{op}_{rest}", f"{kind}_{rest}"} & words


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_operator_and_parameter_has_words(language):
    path = measure.ROOT / "frontend" / "src" / "i18n" / language / "clean.ts"
    words, used, missing = keys_of(path.read_text("utf-8")), set(), []
    described = [row for modality in OURS for row in cleaner_of(Dataset(modality=modality)).operators()]
    for row in described:
        key = row["key"]
        used |= {f"op_{key}", f"opText_{key}", f"group_{row['group']}"}
        wanted = [
            (kind, name) for name in row["params_schema"]["properties"] for kind in ("param", "paramText")
        ]
        for name, rule in row["params_schema"]["properties"].items():
            wanted += [("choice", f"{name}_{choice}") for choice in rule.get("enum", ())]
        for kind, rest in wanted:
            found = _either(words, kind, key, rest)
            missing += [] if found else [f"{kind}_{rest}"]
            used |= found
    assert used - words == set()
    assert missing == []
    assert {word for word in words if word.startswith(STORED)} - used == set()
