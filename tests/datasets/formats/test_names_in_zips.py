"""Names of texts and recordings as Macs (NFD), Linux (NFC) and Chinese Windows (GBK) put them into a ZIP."""

import json
import unicodedata

import pytest

from datasets.formats.archive import open_tree
from datasets.formats.base import Draft, Problem, Reading
from datasets.formats.registry import format_detected
from tests.datasets.pictures import saved, zipped
from tests.datasets.sounds import wav

FORMS = ("NFC", "NFD")
CLASS, OTHER = "école", "Übung"
WINDOWS = {"狗叫/录音 一.": "狗叫", "猫叫/录音 二.": "猫叫"}


def spelled(form, text):
    return unicodedata.normalize(form, text)


def imported(folder, modality, files):
    """The format, the classes and the drafts by the name that is shown."""
    tree = open_tree(saved(folder, zipped(files)), "x.zip", folder, modality)
    choice = format_detected(tree, "auto", modality, Reading())
    plan = choice.plan(tree)
    assert [each for each in plan.items if isinstance(each, Problem)] == []
    found = {draft.name: draft for draft in plan.items if isinstance(draft, Draft)}
    return choice.importer.key, plan.classes, found


def label_of(draft):
    return draft.label or next(iter(draft.labels), None)


@pytest.mark.parametrize("in_zip", FORMS)
@pytest.mark.parametrize("in_table", FORMS)
@pytest.mark.parametrize("table", ["csv", "jsonl"])
def test_recordings_are_those_that_a_table_names_however_each_spells_them(tmp_path, table, in_zip, in_table):
    names = [f"élan/été {i}.wav" for i in range(2)]
    rows = [(spelled(in_table, name), spelled(in_table, CLASS)) for name in names]
    said = (
        "\n".join(["path,label", *(f"{name},{label}" for name, label in rows)])
        if table == "csv"
        else "\n".join(json.dumps({"path": name, "label": label}) for name, label in rows)
    )
    files = {spelled(in_zip, name): wav(i, 0.1) for i, name in enumerate(names)}
    key, classes, found = imported(tmp_path, "audio", {**files, f"table.{table}": said.encode()})
    assert (key, classes) == (table, (CLASS,))
    assert [label_of(draft) for draft in found.values()] == [CLASS, CLASS]


@pytest.mark.parametrize(
    ("modality", "ending", "content"),
    [("audio", "wav", lambda i: wav(i, 0.1)), ("text", "txt", lambda i: f"note {i}".encode())],
)
def test_a_folder_spelled_in_two_ways_is_one_class(tmp_path, modality, ending, content):
    names = [
        f"{spelled(FORMS[i % 2], (CLASS, OTHER)[i // 2])}/{spelled(FORMS[i % 2], 'été')} {i}.{ending}"
        for i in range(4)
    ]
    _, classes, found = imported(tmp_path, modality, {name: content(i) for i, name in enumerate(names)})
    assert set(classes) == {CLASS, OTHER}
    assert sorted(label_of(draft) for draft in found.values()) == sorted([CLASS, CLASS, OTHER, OTHER])


@pytest.mark.parametrize(
    ("modality", "ending", "content"), [("audio", "wav", wav(1, 0.1)), ("text", "txt", "你好".encode())]
)
def test_names_of_chinese_windows_are_read_as_meant(tmp_path, modality, ending, content):
    """In GBK and without a word about it, as its own packer writes them."""
    bare = {stem: letter * len(stem.encode("gb18030")) for stem, letter in zip(WINDOWS, "xy", strict=True)}
    packed = zipped({letters + ending: content for letters in bare.values()})
    for stem, letters in bare.items():
        packed = packed.replace(letters.encode(), stem.encode("gb18030"))
    tree = open_tree(saved(tmp_path, packed), "x.zip", tmp_path, modality)
    plan = format_detected(tree, "auto", modality, Reading()).plan(tree)
    found = {each.member.name: label_of(each) for each in plan.items if isinstance(each, Draft)}
    assert found == {stem + ending: label for stem, label in WINDOWS.items()}


@pytest.mark.parametrize("form", FORMS)
def test_what_a_text_says_keeps_its_own_spelling_and_its_offsets(tmp_path, form):
    """Only names are brought to one form: offsets count the code points that the file has."""
    text = spelled(form, "Zoë à Orléans")
    start = text.index(spelled(form, "Orléans"))
    row = {"name": "né 1", "text": text, "spans": [{"start": start, "end": len(text), "label": "lieu"}]}
    tree = open_tree(
        saved(tmp_path, zipped({spelled(form, "données.jsonl"): json.dumps(row).encode()})),
        "x.zip",
        tmp_path,
        "text",
    )
    plan = format_detected(tree, "auto", "text", Reading()).plan(tree)
    (draft,) = [each for each in plan.items if isinstance(each, Draft)]
    (span,) = draft.spans
    assert text[span.start : span.end] == spelled(form, "Orléans")
