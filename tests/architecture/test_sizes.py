"""No file over 400 lines, no function over 60; the list of exceptions may only shrink."""

from pathlib import Path

from tests.architecture import measure

EXCEPTIONS = Path(__file__).with_name("size_exceptions.txt")
MOST_EXCEPTIONS = 0


def _excepted() -> set[str]:
    return {line for line in EXCEPTIONS.read_text("utf-8").splitlines() if line.strip()}


def _relative(found: dict[str, int]) -> dict[str, int]:
    return {name.removeprefix(f"{measure.ROOT}/"): lines for name, lines in found.items()}


def _all_too_long() -> dict[str, int]:
    files = [*measure.python_files(), *measure.browser_files()]
    return _relative(
        measure.long_files(iter(files)) | measure.long_functions(p for p in files if p.suffix == ".py")
    )


def test_no_file_and_no_function_is_longer_than_the_house_allows():
    found = {name: lines for name, lines in _all_too_long().items() if name not in _excepted()}
    assert found == {}


def test_the_list_of_exceptions_only_shrinks():
    assert len(_excepted()) <= MOST_EXCEPTIONS
    assert _excepted() <= set(_all_too_long()), "an exception that is no longer needed stays out of the list"


def test_a_planted_long_file_is_found(tmp_path):
    long, short = tmp_path / "long.py", tmp_path / "short.py"
    long.write_text("x = 1\n" * 401)
    short.write_text("x = 1\n" * 400)
    assert measure.long_files(iter([long, short])) == {str(long): 401}


def test_a_planted_long_function_is_found(tmp_path):
    path = tmp_path / "functions.py"
    path.write_text(
        "def long():\n"
        + "    x = 1\n" * 60
        + "\n\nclass C:\n    async def fits(self):\n"
        + "        x = 1\n" * 59
    )
    assert measure.long_functions(iter([path])) == {f"{path}:long": 61}
