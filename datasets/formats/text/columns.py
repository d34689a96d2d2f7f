"""Which column of a table of texts is which, and why. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from datasets.formats.base import ColumnNote, FormatMismatch
from datasets.formats.names import shown

ROLES: Final = ("text", "label", "split", "group", "name")
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "text": (
        "text",
        "content",
        "sentence",
        "review",
        "review_text",
        "body",
        "message",
        "document",
        "comment",
        "tweet",
        "abstract",
        "description",
        "sms",
        "email",
        "文本",
        "内容",
        "评论",
        "正文",
        "句子",
        "文章",
    ),
    "label": (
        "label",
        "labels",
        "class",
        "category",
        "categories",
        "target",
        "sentiment",
        "intent",
        "topic",
        "tag",
        "tags",
        "section",
        "score",
        "标签",
        "类别",
        "分类",
        "情感",
        "意图",
    ),
    "split": ("split", "subset", "set", "data_set", "fold", "划分", "数据集"),
    "group": ("group", "group_id", "分组"),
    "name": ("name", "id", "doc_id", "text_id", "guid", "title", "编号", "标题"),
}
Why = Literal["chosen", "named", "longest", "few"]
_WORDS: Final[Mapping[Why, str]] = {
    "chosen": "you chose “{column}” for the {role}",
    "named": "“{column}” is the {role}",
    "longest": "“{column}” holds the longest cells, so it is the {role}",
    "few": "“{column}” holds few different words, so it is the {role}",
}
_FEW: Final = 60
_APART: Final = 5
_LONG: Final = 12


@dataclass(frozen=True, slots=True)
class Columns:
    """Place of each role, absent for none; `first_row` is 1 below a header. `notes` say how they were told."""

    places: Mapping[str, int]
    first_row: int
    notes: tuple[ColumnNote, ...]

    @property
    def reason(self) -> str:
        """The notes in words."""
        return reason_of(self.notes)

    def cell(self, row: Sequence[str], role: str) -> str:
        """What the row says for a role; empty for none."""
        place = self.places.get(role, -1)
        return row[place] if 0 <= place < len(row) else ""


def columns_found(rows: Sequence[Sequence[str]], wanted: Mapping[str, str]) -> Columns | None:
    """The columns of a table, from its first rows; None when no column is like a text.

    `wanted` is what a person says: role to the name of a column, or its number from 1. Names that are known
    count next, then what the cells are like: the longest is the text, few different ones are the class.
    Raises FormatMismatch when a column that was asked for is not there.
    """
    if not rows:
        return None
    header = [cell.strip().lower() for cell in rows[0]]
    is_header = _is_header(header, wanted) or _stands_apart(rows)
    body = rows[1:] if is_header else rows
    places = _asked(header if is_header else [], len(rows[0]), wanted)
    whys: dict[str, Why] = dict.fromkeys(places, "chosen")
    named = {
        role: next((header.index(name) for name in names if name in header), -1)
        for role, names in NAMES.items()
        if is_header and role not in wanted
    }
    for role, place in named.items():
        if place >= 0 and place not in places.values():
            places[role] = place
            whys[role] = "named"
    if "text" not in places:
        place = _longest(body, set(places.values()))
        if place < 0:
            return None
        places["text"], whys["text"] = place, "longest"
    if "label" not in places and "label" not in wanted:
        place = _fewest(body, set(places.values()))
        if place >= 0:
            places["label"], whys["label"] = place, "few"
    top = rows[0] if is_header else ()
    notes = (
        ColumnNote(role, shown(top[place].strip(), 60) if place < len(top) else str(place + 1), whys[role])
        for role, place in places.items()
    )
    return Columns(places, int(is_header), tuple(notes))


def reason_of(notes: Sequence[ColumnNote]) -> str:
    """What the columns are and why, in words."""
    return ", ".join(_WORDS[note.why].format(column=note.column, role=note.role) for note in notes)


def _is_header(header: Sequence[str], wanted: Mapping[str, str]) -> bool:
    """A first row with a name that is known or was asked for; whoever gives names means a header."""
    known = {name for names in NAMES.values() for name in names} | {one.lower() for one in wanted.values()}
    return any(cell in known for cell in header)


def _stands_apart(rows: Sequence[Sequence[str]]) -> bool:
    """A first row whose word over the classes is none of them: a header with names that nobody knows."""
    place = _fewest(rows[1:], set())
    if len(rows) < _APART or place < 0 or place >= len(rows[0]):
        return False
    return rows[0][place].strip() not in {row[place].strip() for row in rows[1:] if place < len(row)}


def _asked(header: Sequence[str], width: int, wanted: Mapping[str, str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for role, column in wanted.items():
        if role not in ROLES:
            raise FormatMismatch(f"columns are given for {', '.join(ROLES)}", field="columns")
        name = column.strip().lower()
        if name in header:
            places[role] = header.index(name)
        elif name.isascii() and name.isdigit() and 1 <= int(name) <= width:
            places[role] = int(name) - 1
        else:
            listed = ", ".join(header[:20]) or f"numbers from 1 to {width}"
            raise FormatMismatch(f"there is no column “{column[:60]}”; there are: {listed}", field="columns")
    return places


def _longest(body: Sequence[Sequence[str]], taken: set[int]) -> int:
    lengths = {
        place: sum(len(row[place]) for row in body if place < len(row)) / max(1, len(body))
        for place in range(max(map(len, body), default=0))
        if place not in taken
    }
    best = max(lengths, key=lambda place: lengths[place], default=-1)
    return best if best >= 0 and lengths[best] >= _LONG else -1


def _fewest(body: Sequence[Sequence[str]], taken: set[int]) -> int:
    """The column with the fewest different cells, if they repeat and are short."""
    best, fewest = -1, 0
    for place in range(max(map(len, body), default=0)):
        cells = [row[place].strip() for row in body if place < len(row)]
        kinds = {cell for cell in cells if cell}
        is_class = 0 < len(kinds) <= min(_FEW, max(2, len(cells) // 2)) and max(map(len, kinds)) <= 100
        if place not in taken and is_class and (best < 0 or len(kinds) < fewest):
            best, fewest = place, len(kinds)
    return best
