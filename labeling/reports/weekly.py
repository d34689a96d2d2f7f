"""The figures of the report, in the order in which they are printed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labeling.reports.words import WORDS

WEEK_DAYS = 7
Cell = str | int | float
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One table: its heading, its columns and its rows; the first column is text, the rest are figures."""

    key: str
    title: str
    columns: tuple[str, ...]
    figures: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A week of one campaign in one language. `left` are the days of the burn-down, oldest first."""

    language: str
    name: str
    period: str
    made: str
    sections: tuple[Section, ...]
    left: tuple[tuple[str, int], ...]

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its language."""
        return WORDS[self.language]


def weekly_report(
    name: str, overview: Mapping[str, Any], agreement: Mapping[str, Any], *, at: datetime, language: str
) -> Report:
    """The report from what the manager's page shows (`campaign_overview`, the figures of `campaign_agreement`)."""
    words = WORDS[language]
    days = overview["burn_down"][-WEEK_DAYS:]
    classes = [
        ((row["name_zh"] if language == "zh-Hans" else "") or row["name"], row["samples"], row["objects"])
        for row in overview["balance"]
    ]
    people = [
        (
            row["username"],
            row["week"],
            row["done"],
            row["in_hand"],
            _number(row["median_seconds"], 1),
            _percent(row["rework_rate"]),
        )
        for row in overview["people"]
    ]
    summary = _summary(overview, agreement, words)
    return Report(
        language,
        name,
        words["period"].format(first=days[0]["day"], last=days[-1]["day"]),
        words["made"].format(at=at.strftime("%Y-%m-%d %H:%M")),
        (
            _section(words, "summary", ("figure", "value"), summary),
            _section(
                words, "days", ("day", "done", "left"), [tuple(map(_plain, row.values())) for row in days]
            ),
            _section(
                words,
                "people",
                ("person", "week", "done", "in_hand", "median_seconds", "rework_rate"),
                people,
            ),
            _section(words, "balance", ("class", "samples", "objects"), classes),
        ),
        tuple((str(row["day"]), row["left"]) for row in overview["burn_down"]),
    )


def _section(words: Mapping[str, str], key: str, columns: tuple[str, ...], rows: list[Any]) -> Section:
    return Section(key, words[key], tuple(words[name] for name in columns), columns, tuple(rows))


def _summary(
    overview: Mapping[str, Any], agreement: Mapping[str, Any], words: Mapping[str, str]
) -> list[Row]:
    total, left = overview["counts"]["total"], overview["left"]
    week = sum(row["done"] for row in overview["burn_down"][-WEEK_DAYS:])
    rows: list[Row] = [
        (words["total"], total),
        (words["done"], total - left),
        (words["left"], left),
        (words["done_week"], week),
        (words["median_seconds"], _number(overview["median_seconds"], 1)),
        (words["rework_rate"], _percent(overview["rework_rate"])),
    ]
    for figure, found in agreement.items():
        if found["value"] is not None:
            rows.append((words[f"agreement_{figure}"], _number(found["value"], 3)))
    rows += _forecast(overview["forecast"], words)
    if overview["due"] is not None:
        rows.append((words["due"], overview["due"].strftime("%Y-%m-%d %H:%M")))
    return [*rows, (words["questions"], overview["questions"])]


def _forecast(found: Mapping[str, Any] | None, words: Mapping[str, str]) -> list[Row]:
    if found is None:
        return [(words["done_on"], words["too_little"])]
    rows: list[Row] = [(words["done_on"], str(found["done_on"]))]
    if found["per_day"] is not None:
        latest = words["untold"] if found["latest"] is None else str(found["latest"])
        rows = [(words["per_day"], _number(found["per_day"], 1)), *rows]
        rows += [(words["earliest"], str(found["earliest"])), (words["latest"], latest)]
    return rows


def _number(value: float | None, digits: int) -> Cell:
    return "–" if value is None else round(value, digits)


def _percent(share: float | None) -> Cell:
    return "–" if share is None else f"{share * 100:.1f} %"


def _plain(value: Any) -> Cell:
    return value if isinstance(value, int | float) else str(value)
