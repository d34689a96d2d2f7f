"""Why a query failed: a code for each reason, and words for each code."""

import sqlite3
from pathlib import Path

import pytest

from datasets.sql import asking
from datasets.sql.question import WHY, Question, SqlFailed


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT nothing_such(1) FROM t", "sql_no_function"),
        ("SELECT y FROM t", "sql_no_column"),
        ("SELECT * FROM u", "sql_no_table"),
        ("SELECT FROM WHERE", "sql_syntax"),
        ("SELECT zeroblob(1000000000)", "sql_too_much"),
        ("SELECT load_extension('x')", "sql_writes"),
    ],
)
def test_what_is_wrong_with_a_query_has_a_code_of_its_own(tmp_path, query, code):
    sqlite3.connect(tmp_path / "t.db").execute("CREATE TABLE t (x)").connection.close()
    question = Question(driver="sqlite", query=query, path=str(tmp_path / "t.db"))
    with pytest.raises(SqlFailed) as caught:
        asking.asked(question, tmp_path, "csv", lambda: None)
    assert (caught.value.code, caught.value.detail) == (code, WHY[code])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_reason_has_words_in_both_languages(language):
    source = Path(__file__).parents[2] / "frontend" / "src" / "i18n" / language / "errors.ts"
    words = source.read_text("utf-8")
    assert [code for code in WHY if f"  {code}:" not in words] == []
