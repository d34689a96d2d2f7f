"""A tree as text again, such that parsing it gives the same tree. Pure."""

from decimal import Decimal

from datasets.filters.grammar import AllOf, AnyOf, Expression, Not, Term


def filter_text(expression: Expression) -> str:
    """The shortest plain way to write it."""
    if isinstance(expression, Term):
        values = ",".join(_value(value) for value in expression.values)
        return f"{expression.field}{expression.operator}{values}"
    if isinstance(expression, Not):
        return f"-{_grouped(expression.part)}"
    if isinstance(expression, AnyOf):
        return " or ".join(_grouped(part) for part in expression.parts)
    return " ".join(_grouped(part) for part in expression.parts)


def _grouped(part: Expression) -> str:
    text = filter_text(part)
    return f"({text})" if isinstance(part, AllOf | AnyOf) else text


def _value(value: str | float) -> str:
    if isinstance(value, float):
        # The shortest digits that are this number, never as a power of ten.
        digits = f"{Decimal(repr(value)):f}"
        return digits.rstrip("0").rstrip(".") if "." in digits else digits
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
