"""A data card as Markdown, in either language. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

_EN: Final = {
    "title": "Data card",
    "about": "About",
    "dataset": "Data set",
    "version": "Version",
    "task": "Task",
    "frozen": "Frozen",
    "by": "by",
    "hash": "Content hash",
    "split": "Split",
    "seed": "seed",
    "counts": "Counts",
    "samples": "Samples",
    "objects": "Objects",
    "train": "Training",
    "val": "Validation",
    "test": "Test",
    "classes": "Classes",
    "class": "Class",
    "sources": "Sources",
    "more": "… and {count} more imports",
    "more_one": "… and {count} more import",
    "kind": "Kind",
    "kind_upload": "upload",
    "kind_url": "address",
    "kind_bucket": "bucket",
    "kind_query": "database query",
    "kind_branch": "branched from",
    "kind_merge": "merged",
    "source": "Source",
    "format": "Format",
    "at": "When",
    "who": "By",
    "gaps": "Known gaps",
    "found": "Found when it was frozen",
    "checked": "checked {day}",
    "error": "error",
    "warning": "warning",
    "info": "note",
    "not_checked": "The data had not been checked.",
    "imported_since_checks": "More was imported after the last check: {count}.",
    "checks_not_noted": "Whether the data had been checked was not noted yet.",
    "changed_since": "The data changed after it was checked ({day}) and before it was frozen: what the checks found then"
    " may be gone, and more may have come. Check again before you rely on it.",
    "class_not_in_training": "Training never sees: {classes}.",
    "class_not_in_test": "The test part has none of: {classes}.",
    "comma": ", ",
    "licence": "Licence",
    "consent": "Consent",
    "intended_use": "Intended use",
    "bytes": "Where the bytes are",
    "outside_kept": "The bytes of samples lie in a bucket ({count} samples, {size} bytes). Each is compared with its"
    " SHA-256 when it is read, and refused when it is gone or changed.",
    "outside_copied": "The bytes of samples that lay in a bucket were copied in when it was frozen ({count} samples).",
    "unsaid": "Nothing said.",
    "none": "None.",
    "true": "yes",
    "false": "no",
}
_ZH: Final = {
    "title": "数据卡",
    "about": "概况",
    "dataset": "数据集",
    "version": "版本",
    "task": "任务",
    "frozen": "冻结时间",
    "by": "操作者",
    "hash": "内容哈希",
    "split": "划分",
    "seed": "种子",
    "counts": "数量",
    "samples": "样本",
    "objects": "对象",
    "train": "训练",
    "val": "验证",
    "test": "测试",
    "classes": "类别",
    "class": "类别",
    "sources": "来源",
    "more": "……另有 {count} 次导入",
    "more_one": "……另有 {count} 次导入",
    "kind": "方式",
    "kind_upload": "上传",
    "kind_url": "网址",
    "kind_bucket": "存储桶",
    "kind_query": "数据库查询",
    "kind_branch": "分支自",
    "kind_merge": "合并",
    "source": "来源",
    "format": "格式",
    "at": "时间",
    "who": "操作者",
    "gaps": "已知不足",
    "found": "冻结时的检查结果",
    "checked": "{day} 检查",
    "error": "错误",
    "warning": "警告",
    "info": "提示",
    "not_checked": "数据未经检查。",
    "imported_since_checks": "最近一次检查之后又有导入：{count} 次。",
    "checks_not_noted": "当时尚未记录数据是否经过检查。",
    "changed_since": "检查之后数据又有改动（检查日期 {day}，改动早于冻结）：当时发现的问题可能已不存在，也可能有新的问题。请重新检查后再作为依据。",
    "class_not_in_training": "训练集中没有：{classes}。",
    "class_not_in_test": "测试集中没有：{classes}。",
    "comma": "、",
    "licence": "许可",
    "consent": "授权同意",
    "intended_use": "预期用途",
    "bytes": "数据存放位置",
    "outside_kept": "部分样本的数据存放在存储桶中（{count} 个样本，{size} 字节）。每次读取都会与其 SHA-256 比对，缺失或已更改则拒绝使用。",
    "outside_copied": "冻结时已把存储桶中样本的数据复制进来（{count} 个样本）。",
    "unsaid": "未填写。",
    "none": "无。",
    "true": "是",
    "false": "否",
}
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|!&~])")
_MOST_NAMED: Final = 20
_SENTENCES: Final = (
    "not_checked",
    "imported_since_checks",
    "checks_not_noted",
    "class_not_in_training",
    "class_not_in_test",
)
_SPLITS: Final = ("train", "val", "test")


def card_markdown(card: Mapping[str, Any], language: str) -> str:
    """The card as one document. What people wrote is text in it, never markup."""
    words = _ZH if language.startswith("zh") else _EN
    notes, counts, split = card["notes"], card["counts"], card["split"]
    parts = [
        f"# {words['title']}: {_said(card['dataset_name'])} {card['number']} · {_said(card['name'])}",
        *([_said(card["description"])] if card["description"] else []),
        f"## {words['about']}",
        _list(
            (words["task"], card["task"]),
            (
                words["frozen"],
                f"{card['created_at']:%Y-%m-%d %H:%M} UTC, {words['by']} {_said(card['created_by'])}",
            ),
            (words["split"], f"{split.get('strategy', '')}, {words['seed']} {split.get('seed', 0)}"),
            (words["hash"], f"`{card['content_hash']}`"),
        ),
        f"## {words['counts']}",
        _list(*((words[name], str(counts.get(name, 0))) for name in ("samples", *_SPLITS, "objects"))),
        f"## {words['classes']}",
        _table(
            [words["class"], *(words[name] for name in _SPLITS)],
            [
                [_class(row, words), *(str(row.get(name, 0)) for name in _SPLITS)]
                for row in card["classes"]
                if "name" in row
            ],
        )
        or words["none"],
        f"## {words['sources']}",
        _sources(card, words),
        *_bytes(card["outside"], words),
        *(
            f"## {words[name]}\n\n{_said(notes[name]) or words['unsaid']}"
            for name in ("licence", "consent", "intended_use")
        ),
        f"## {words['gaps']}",
        _said(notes["known_gaps"]) or words["unsaid"],
        _gaps(card, words),
    ]
    return "\n\n".join(parts) + "\n"


def _class(row: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """A value of a table's column is its own id; yes and no are stored as true and false."""
    name: str = row["name"]
    return words[name] if name in ("true", "false") and row.get("id") == name else _said(name)


def _sources(card: Mapping[str, Any], words: Mapping[str, str]) -> str:
    rows = [
        [
            words[f"kind_{row['kind']}"],
            _said(row["name"]) + (f" · {row['number']}" if row["number"] is not None else ""),
            row["format"],
            str(row["samples"]),
            f"{row['at']:%Y-%m-%d}",
            _said(row["by"]),
        ]
        for row in card["sources"]
    ]
    head = [words[name] for name in ("kind", "source", "format", "samples", "at", "who")]
    table = _table(head, rows) or words["none"]
    rest = card["sources_count"] - len(rows)
    more = words["more_one" if rest == 1 else "more"].format(count=rest)
    return f"{table}\n\n{more}" if rest > 0 else table


def _bytes(outside: Mapping[str, int], words: Mapping[str, str]) -> list[str]:
    """Nothing where no bytes were outside."""
    said = [
        words[f"outside_{name}"].format(count=outside[name], size=outside["size_bytes"])
        for name in ("kept", "copied")
        if outside[name]
    ]
    return [f"## {words['bytes']}", *said] if said else []


def _gaps(card: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """A line each: a sentence where there is one, else the code with its figures."""
    old = [words["changed_since"].format(day=card["checked_at"][:10])] if card["changed_since"] else []
    lines = [*old, *(_gap(row, words) for row in card["gaps"])]
    head = f"{words['found']}:"
    return head + "\n\n" + "\n".join(f"- {line}" for line in lines) if lines else f"{head} {words['none']}"


def _gap(row: Mapping[str, Any], words: Mapping[str, str]) -> str:
    if row["code"] in _SENTENCES:
        names = words["comma"].join(_class(one, words) for one in row["classes"][:_MOST_NAMED])
        names += " …" if len(row["classes"]) > _MOST_NAMED else ""
        return words[row["code"]].format(count=row["count"], classes=names)
    told = f"`{row['code']}` ({row['count']}), {words[row['severity']]}"
    at = row["checked_at"]
    return told if at is None else f"{told}, {words['checked'].format(day=at[:10])}"


def _list(*rows: tuple[str, str]) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) if rows else ""


def _said(text: str) -> str:
    """One paragraph in which nothing is markup: special characters escaped, lines joined."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
