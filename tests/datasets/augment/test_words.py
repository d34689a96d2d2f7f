"""The browser has words for every operator, group, parameter and choice, in both languages."""

import pytest

from datasets.augment import OPERATORS, operators_described, sounds, texts
from tests.architecture import measure
from tests.architecture.test_translations import keys_of


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_operator_and_parameter_has_words(language):
    path = measure.ROOT / "frontend" / "src" / "i18n" / language / "augment.ts"
    words, needed = keys_of(path.read_text("utf-8")), set()
    for each in (
        *operators_described(OPERATORS),
        *operators_described(texts.OPERATORS),
        *operators_described(sounds.OPERATORS),
    ):
        needed |= {f"op_{each['key']}", f"opText_{each['key']}", f"group_{each['group']}"}
        for name, rule in each["params_schema"]["properties"].items():
            needed |= {f"param_{name}", f"paramText_{name}"}
            needed |= {f"choice_{name}_{choice}" for choice in rule.get("enum", ())}
    assert needed - words == set()
    stored = ("op_", "opText_", "group_", "param_", "paramText_", "choice_")
    assert {word for word in words if word.startswith(stored)} - needed == set()
