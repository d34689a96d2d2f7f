"""What a PostgreSQL is told about certificates."""

from psycopg.conninfo import conninfo_to_dict

from datasets.sql import postgres
from datasets.sql.question import Question


def test_certificates_are_checked_where_that_is_asked_for_and_only_there():
    def said(tls):
        question = Question(
            driver="postgresql", query="SELECT 1", host="db", addresses=("127.0.0.1",), port=5432, database="shop",
            user="reader", password="x", tls=tls,
        )  # fmt: skip
        fields = conninfo_to_dict(postgres._conninfo(question))
        return fields["sslmode"], bool(fields.get("sslrootcert"))

    assert [said(tls) for tls in ("verify", "require", "off")] == [
        ("verify-full", True),
        ("require", False),
        ("disable", False),
    ]
