"""The report as PDF, without any font file: Chinese is set in the STSong-Light that readers bring along. Pure."""

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Line, PolyLine, String
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from labeling.reports.weekly import Cell, Report, Section

LATIN, CHINESE = "Helvetica", "STSong-Light"
_INK, _MUTED, _LINE, _ACCENT = (
    colors.HexColor(code) for code in ("#1A1B1E", "#5C5F66", "#DEE2E6", "#3B5BDB")
)
_MARGIN = 18 * mm
# A frame keeps six points free on either side.
_WIDTH = A4[0] - 2 * _MARGIN - 12
_CHART_HEIGHT = 38 * mm
_BASE = 4 * mm


def report_pdf(report: Report) -> bytes:
    """The pages as bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
    words, stream = report.words, io.BytesIO()

    def foot(canvas: Any, page: Any) -> None:
        text = f"{report.made} | {words['page'].format(number=page.page)}"
        canvas.setFont(font_of(text), 8)
        canvas.setFillColor(_MUTED)
        canvas.drawRightString(A4[0] - _MARGIN, 10 * mm, text)

    story: list[Any] = [
        _text(report.name, 18),
        _text(f"{words['title']} | {report.period}", 10, _MUTED),
        _gap(4),
    ]
    for section in report.sections:
        story += [_text(section.title, 12), _gap(1), _table(section), _gap(4)]
        if section.key == "summary":
            story += [_text(words["left"], 12), _chart(report), _gap(4)]
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), _MARGIN)
    document = SimpleDocTemplate(stream, pagesize=A4, title=_shown(report.name), **margins)
    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return stream.getvalue()


def font_of(text: str) -> str:
    """Helvetica has what Latin-1 has; all else is set in the Chinese font."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return CHINESE
    return LATIN


def _shown(text: str) -> str:
    """Without what cannot be printed: signs beyond the basic plane, which the font lacks, become a box."""
    plain = ("□" if ord(sign) > 0xFFFF else sign for sign in text)
    return "".join(sign for sign in plain if sign.isprintable())


def _text(text: str, size: float, color: Any = _INK, *, right: bool = False) -> Paragraph:
    shown = _shown(text)
    style = ParagraphStyle(
        "line",
        fontName=font_of(shown),
        fontSize=size,
        leading=size * 1.35,
        textColor=color,
        alignment=2 if right else 0,
        wordWrap="CJK" if font_of(shown) == CHINESE else None,
        splitLongWords=1,
    )
    # What people called things is text: a paragraph would otherwise read it as markup.
    return Paragraph(escape(shown), style)


def _gap(height: float) -> Spacer:
    return Spacer(1, height * mm)


def _table(section: Section) -> Table:
    count = len(section.columns)
    first = _WIDTH * (0.34 if count > 3 else 0.5)
    widths = [first, *[(_WIDTH - first) / (count - 1)] * (count - 1)]
    head = _cells(section.columns, _MUTED)
    body = [_cells(row, _INK) for row in section.rows]
    return Table(
        [head, *body],
        colWidths=widths,
        repeatRows=1,
        style=TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, _LINE),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
            ]
        ),
    )


def _cells(row: Sequence[Cell], color: Any) -> list[Paragraph]:
    return [_text(str(cell), 9, color, right=at > 0) for at, cell in enumerate(row)]


def _chart(report: Report) -> Drawing:
    """What was left at the end of each day."""
    drawing = Drawing(_WIDTH, _CHART_HEIGHT)
    top = max(1, *(left for _, left in report.left))
    height = _CHART_HEIGHT - 3 * _BASE
    step = _WIDTH / max(1, len(report.left) - 1)
    drawing.add(Line(0, _BASE, _WIDTH, _BASE, strokeColor=_LINE, strokeWidth=0.5))
    points = [
        value
        for at, (_, left) in enumerate(report.left)
        for value in (at * step, _BASE + height * left / top)
    ]
    if len(report.left) == 1:
        points += [_WIDTH, points[1]]
    drawing.add(PolyLine(points, strokeColor=_ACCENT, strokeWidth=1.2))
    marks = ((0, report.left[0], "start"), (_WIDTH, report.left[-1], "end"))
    for x, (day, left), anchor in marks[: len(report.left)]:
        style = {"fontName": LATIN, "fontSize": 7, "fillColor": _MUTED, "textAnchor": anchor}
        drawing.add(String(x, 0, day, **style))
        drawing.add(String(x, _BASE + height * left / top + 3, str(left), **style))
    return drawing
