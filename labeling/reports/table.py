"""The report as CSV. Pure."""

import csv
import io

from datasets.formats.tables import cell_escaped
from labeling.reports.weekly import Cell, Report


def report_csv(report: Report) -> bytes:
    """One figure a line: part, name, figure, value; UTF-8 with a mark that spreadsheets know. No cell is a formula."""
    words = report.words
    lines: list[list[Cell]] = [[words["part"], words["name"], words["figure"], words["value"]]]
    lines.append([words["title"], report.name, words["day"], report.period])
    for section in report.sections:
        for row in section.rows:
            if section.key == "summary":
                lines.append([section.title, report.name, *row])
                continue
            for column, value in zip(section.columns[1:], row[1:], strict=True):
                lines.append([section.title, row[0], column, value])
    text = io.StringIO()
    csv.writer(text).writerows([_safe(cell) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: Cell) -> Cell:
    return cell_escaped(cell) if isinstance(cell, str) else cell
