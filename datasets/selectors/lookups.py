"""Conditions that Django does not write such that an index answers them."""

from typing import Any

from django.db.models import Exists, F, Lookup, Q


def has_text(column: str, text: str) -> Q:
    """Rows whose column has this text in it."""
    return Q(HasText(F(column), text))


class ExistsForEach(Exists):
    """As `Exists`, asked of one row after the other.

    Beside an *or* the planner would read the subquery whole and hash it, since it does not know that a page needs few
    rows. An OFFSET keeps it from doing so; ours skips nothing.
    """

    template = "EXISTS(%(subquery)s OFFSET 0)"


class HasText(Lookup):
    """A text anywhere, in any case, such that an index of trigrams can answer it.

    ILIKE on the bare column; `icontains` asks for upper(column), of which nothing is known or indexed."""

    lookup_name = "has_text"

    def get_prep_lookup(self) -> str:
        """The value with the signs of LIKE taken as they are."""
        value = str(self.rhs)
        for sign in ("\\", "%", "_"):
            value = value.replace(sign, f"\\{sign}")
        return f"%{value}%"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        """LIKE of SQLite does not tell upper from lower case either (ASCII)."""
        column, params = self.process_lhs(compiler, connection)
        compare = "ILIKE" if connection.vendor == "postgresql" else "LIKE"
        return f"{column} {compare} %s ESCAPE '\\'", (*params, self.rhs)
