"""What a filter may say: fields, how each is compared, and the tree of an expression. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final


class Kind(StrEnum):
    """What the values of a field are."""

    WORD = "word"
    CHOICE = "choice"
    TEXT = "text"
    BYTES = "bytes"
    NUMBER = "number"
    TIME = "time"


COMPARISONS: Final = (":", "=", ">", ">=", "<", "<=")
_OPERATORS: Final = MappingProxyType(
    {
        Kind.WORD: (":", "="),
        Kind.CHOICE: (":", "="),
        Kind.TEXT: (":", "~", "="),
        Kind.BYTES: COMPARISONS,
        Kind.NUMBER: COMPARISONS,
        Kind.TIME: COMPARISONS,
    }
)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be asked; `choices` are its values where they are few, with their other words."""

    key: str
    kind: Kind
    words: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def operators(self) -> tuple[str, ...]:
        """How it may be compared, the usual one first."""
        return _OPERATORS[self.kind]


_STATES: Final = MappingProxyType(
    {
        "unlabeled": ("未标注",),
        "draft": ("草稿",),
        "labeled": ("已标注",),
        "reviewed": ("已审核",),
        "rejected": ("已驳回",),
    }
)
_SPLITS: Final = MappingProxyType(
    {
        "train": ("训练", "训练集"),
        "val": ("验证", "验证集"),
        "test": ("测试", "测试集"),
        "none": ("无",),
    }
)
_SOURCES: Final = MappingProxyType({"human": ("人工",), "import": ("导入",), "model": ("模型",)})

FIELDS: Final = MappingProxyType(
    {
        row.key: row
        for row in (
            Field("label", Kind.WORD, ("class", "标签", "类别")),
            Field("state", Kind.CHOICE, ("状态",), _STATES),
            Field("split", Kind.CHOICE, ("划分",), _SPLITS),
            Field("finding", Kind.WORD, ("检查结果", "问题")),
            Field("tag", Kind.WORD, ("tags", "标记")),
            Field("name", Kind.TEXT, ("text", "名称", "文件名")),
            Field("group", Kind.TEXT, ("分组",)),
            Field("source", Kind.CHOICE, ("来源",), _SOURCES),
            Field("size", Kind.BYTES, ("bytes", "大小")),
            Field("duration", Kind.NUMBER, ("seconds", "时长")),
            Field("score", Kind.NUMBER, ("confidence", "置信度")),
            Field("imported", Kind.TIME, ("date", "导入时间")),
            Field("assignee", Kind.WORD, ("负责人",)),
        )
    }
)


class QueryFault(Exception):
    """What is wrong, where, and what would be right; `column` counts from 1, in characters.

    `code` is one of the `filter_*` codes that the browser has words for; `params` carry what they need.
    """

    def __init__(self, code: str, detail: str, *, column: int, length: int = 1, **params: Any) -> None:
        super().__init__(detail)
        self.code, self.detail, self.column, self.length = code, detail, column, length
        self.params = params


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison. `values` are joined by *or*; numbers, times and bytes have one.

    `column` and `length` say where it was written and do not make two terms different.
    """

    field: str
    operator: str
    values: tuple[str, ...] | tuple[float]
    column: int = 0
    length: int = 0

    def __eq__(self, other: object) -> bool:
        """By what is said."""
        return isinstance(other, Term) and self._said() == other._said()

    def __hash__(self) -> int:
        """By what is said."""
        return hash(self._said())

    def _said(self) -> tuple[str, str, tuple[Any, ...]]:
        return self.field, self.operator, tuple(self.values)


@dataclass(frozen=True, slots=True)
class Not:
    """What does not meet `part`."""

    part: "Expression"


@dataclass(frozen=True, slots=True)
class AllOf:
    """What meets every part; without parts, everything."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What meets at least one part."""

    parts: tuple["Expression", ...]


Expression = Term | Not | AllOf | AnyOf
