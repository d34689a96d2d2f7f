"""The browser app's words: the same keys in every language, and none that nothing shows."""

import re

import pytest

from tests.architecture import measure
from tests.architecture.test_packages import codes_of

SOURCE = measure.ROOT / "frontend" / "src"
LANGUAGES = ("en", "zh")
KEY = re.compile(r'^\s*(?:"([^"]+)"|([A-Za-z_]\w*)):', re.MULTILINE)
PLURAL = re.compile(r"_(one|other)$")
# Words chosen by a code that the server sends, never written out in the browser's source.
CHOSEN_BY_CODE = {"errors"}
# Answers that only programs get; a person who meets one all the same reads the words of its status.
FOR_PROGRAMS = {
    "ambiguous_request",
    "bad_tensor",
    "blob_missing",
    "checksum_mismatch",
    "container_missing",
    "demo_failed",
    "idempotency_key_reused",
    "inputs_inline_only",
    "key_required",
    "key_wrong",
    "method_not_allowed",
    "model_failed",
    "tus_version",
    "unsupported_encoding",
    "upload_busy",
    "upload_offset_mismatch",
}


def keys_of(text: str) -> set[str]:
    """Keys of one language file, an object literal of strings; plural forms by their base."""
    return {PLURAL.sub("", quoted or bare) for quoted, bare in KEY.findall(text)}


def unused_keys(keys: set[str], source: str) -> set[str]:
    """Keys that stand in no string literal of `source`, also not as a part before `${`."""
    literals = set(re.findall(r"""["'`]([\w.:-]+)["'`]""", source))
    literals |= {literal.rpartition(":")[2] for literal in literals}
    stems = {stem.rpartition(":")[2] for stem in re.findall(r"`([\w.:-]+)\$\{", source)} - {""}
    return {key for key in keys if key not in literals and not any(key.startswith(stem) for stem in stems)}


def _features() -> list[str]:
    return sorted({path.stem for language in LANGUAGES for path in (SOURCE / "i18n" / language).glob("*.ts")})


def _words(language: str, feature: str) -> set[str]:
    return keys_of((SOURCE / "i18n" / language / f"{feature}.ts").read_text("utf-8"))


def test_there_are_words_to_compare():
    assert len(_features()) >= 10
    assert sum(len(_words("en", feature)) for feature in _features()) >= 100


@pytest.mark.parametrize("feature", _features())
def test_every_language_has_the_same_keys(feature):
    assert _words("en", feature) == _words("zh", feature)


def test_no_key_is_unused():
    source = "\n".join(
        path.read_text("utf-8")
        for path in measure.browser_files()
        if "i18n" not in path.parts or path.name not in {f"{f}.ts" for f in _features()}
    )
    unused = {
        f"{feature}:{key}"
        for feature in set(_features()) - CHOSEN_BY_CODE
        for key in unused_keys(_words("en", feature), source)
    }
    assert "\n".join(sorted(unused)) == ""


def test_every_refusal_that_a_person_may_meet_has_words():
    by_status = {code for code, _ in codes_of((measure.ROOT / "core" / "errors.py").read_text("utf-8"))}
    codes = {
        code
        for path in measure.python_files(*measure.PRODUCT_FOLDERS)
        for code, _ in codes_of(path.read_text("utf-8"))
    }
    words = _words("en", "errors")
    assert codes - by_status - FOR_PROGRAMS - words == set()
    assert codes - words >= FOR_PROGRAMS


def test_a_planted_missing_and_a_planted_unused_key_are_found():
    english, chinese = (
        'export default {\n  save: "Save",\n  "state.done": "Done",\n};',
        'export default { \n  save: "保存",\n};',
    )
    assert keys_of(english) - keys_of(chinese) == {"state.done"}
    assert unused_keys({"save", "open", "state.done"}, 't("save"); t(`state.${state}`)') == {"open"}
