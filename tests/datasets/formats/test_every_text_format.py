"""What holds for every format of texts: its export is recognized as its own, and comes back equal."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.formats.archive import open_tree
from datasets.formats.base import Draft, FormatMismatch, Problem, Reading
from datasets.formats.decoding.intake import intake_of
from datasets.formats.registry import format_detected, importers_of, writers_of
from datasets.formats.text.conll import spans_of_tags
from datasets.formats.text.write_conll import SpansUnfit
from datasets.formats.writers.base import ZipSink
from datasets.manifest import ManifestClass, ManifestHeader, ManifestSample, ManifestSpan
from datasets.origins import Origin
from datasets.relations import RelationType
from tests.datasets.pictures import saved, zipped

CLASSES, SEVERAL, SPANS = "text_classification", "text_multilabel", "ner"
NAMES = (
    "cat",
    "狗",
    "a/b: c",
    "=1+1",
    "'quoted' \"twice\"",
    "<b>&amp;",
    "two words, a comma",
    "no",
    "7",
    "[x]",
)
SCHEMA = tuple(ManifestClass(f"id{i}", i, name) for i, name in enumerate(NAMES))
IMPORTERS, WRITERS = importers_of("text"), writers_of("text")
SPLITS = ("train", "val", "test")
KINDS = (
    RelationType("00000000-0000-0000-0000-000000000001", "works_for"),
    RelationType("00000000-0000-0000-0000-000000000002", '位于 <b>, "quoted"'),
)
KEEPS_GROUPS = {"csv", "jsonl", "doccano", "label_studio", "parquet"}
CASES = sorted((key, task) for key, writer in WRITERS.items() for task in writer.tasks)
# Parquet is opened in a process of its own, which takes its time: test_parquet.py draws fewer of them.
DRAWN = [case for case in CASES if case[0] != "parquet"]
ODD = (
    "plain words here",
    "😀 Ann\r\nlives in 北京。 👩‍👩‍👧",
    "=cmd|' /C calc'!A0",
    "'=quoted already",
    ' leading space, "quotes" and ; | \t tabs ',
    "line one\nline two\r\nline three\rline four\u2028five",
    "𠮷野家𝒳 e\u0301té",
    "# text_json = looks like a comment",
    "-DOCSTART- O\n\nB-PER I-PER",
)
texts = st.text(
    st.one_of(
        st.sampled_from("ab ,;|\t\r\n\"'=[]{}#-\\/😀👍𠮷北京é\u0301\u2028\u00a0\ufeff"),
        st.characters(exclude_categories=("Cs",), exclude_characters="\x00"),
    ),
    min_size=1,
    max_size=60,
)


@st.composite
def spans(draw, text):
    """Stretches that follow one another, none beginning or ending with a space."""
    edges = sorted(set(draw(st.lists(st.integers(0, len(text)), max_size=8))))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    found = [(a, b) for a, b in pairs if not (text[a].isspace() or text[b - 1].isspace())]
    ends = [(at, to) for at in range(len(found)) for to in range(len(found)) if at != to]
    links = draw(st.sets(st.tuples(st.sampled_from(KINDS), st.sampled_from(ends)))) if ends else set()
    related = {
        at: tuple(sorted((kind.id, to) for kind, (start, to) in links if start == at)) for at, _ in ends
    }
    return tuple(
        ManifestSpan(draw(st.integers(0, len(NAMES) - 1)), a, b, relations=related.get(at, ()))
        for at, (a, b) in enumerate(found)
    )


@st.composite
def samples(draw, task):
    """Up to five different texts and the blobs they lie in."""
    rows, blobs = [], {}
    for i, text in enumerate(draw(st.lists(texts, min_size=1, max_size=5, unique=True))):
        labels = draw(st.lists(st.integers(0, len(NAMES) - 1), min_size=1, max_size=3, unique=True))
        rows.append(
            sample(
                i,
                task,
                labels=labels,
                spans=draw(spans(text)) if task == SPANS else (),
                split=draw(st.sampled_from(SPLITS)),
            )
        )
        blobs[f"{i:064x}"] = text.encode()
    return rows, blobs


def sample(i, task, *, labels=(), spans=(), split="train"):
    return ManifestSample(
        f"s{i:03}",
        f"{i:064x}",
        f"deep/文 {i}, x.txt",
        "text/plain",
        0,
        0,
        split,
        f"g{i % 2}",
        labels[0] if labels and task != SPANS else None,
        labels=tuple(labels) if task == SEVERAL else (),
        spans=spans,
    )


def odd_samples(task, key=""):
    rows = []
    for i, text in enumerate(ODD):
        first = next(at for at, ch in enumerate(text) if not ch.isspace())
        last = max(at for at, ch in enumerate(text) if not ch.isspace())
        spans = ()
        if task == SPANS:  # each leads to the other: a circle is nothing odd
            one, other = (((KINDS[k].id, to),) for k, to in ((0, 1), (1, 0)))
            spans = (
                ManifestSpan(i % len(NAMES), first, first + 1, relations=one),
                ManifestSpan((i + 1) % len(NAMES), last, last + 1, relations=other),
            )
        label = i % 2 if key == "folder_per_class" else i % len(NAMES)
        rows.append(sample(i, task, labels=[label], spans=spans, split=SPLITS[i % 3]))
    return rows, {f"{i:064x}": text.encode() for i, text in enumerate(ODD)}


def exported(key, task, rows, blobs):
    out = io.BytesIO()
    sink = ZipSink(out)
    header = ManifestHeader("text", task, SCHEMA, {}, KINDS if task == SPANS else ())
    WRITERS[key].write(header, rows, sink, blobs.__getitem__)
    sink.close()
    return out.getvalue()


def opened(folder, content):
    return open_tree(saved(folder, content), "x.zip", folder, "text")


def drafts_of(tree, importer):
    """Text -> what the plan says of it."""
    plan, intake = importer.plan(tree), intake_of("text")
    assert [item for item in plan.items if isinstance(item, Problem)] == []
    found = {}
    for draft in plan.items:
        _, content = intake.taken(draft, plan.content_of(draft, tree, 1 << 30))
        found[content.decode()] = draft
    assert len(found) == len(plan.items)
    return found


KINDS_BY_NAME = {one.name: one.id for one in KINDS}


def links_in(row):
    return {(kind, at, to) for at, span in enumerate(row.spans) for kind, to in span.relations}


def check_equal(tree, key, task, rows, blobs):
    importer = IMPORTERS[key].told(Reading(several=task == SEVERAL))
    found = drafts_of(tree, importer)
    assert set(found) == {content.decode() for content in blobs.values()}
    for row in rows:
        draft = found[blobs[row.sha256].decode()]
        labels = row.labels or (() if row.label is None else (row.label,))
        assert draft.labels == tuple(NAMES[label] for label in labels)
        assert [(NAMES.index(s.label), s.start, s.end) for s in draft.spans] == [
            (s.label, s.start, s.end) for s in row.spans
        ]
        links = {(KINDS_BY_NAME[one.type], one.start, one.end) for one in draft.relations}
        assert links == (links_in(row) if WRITERS[key].keeps_relations else set())
        assert len(links) == len(draft.relations)
        assert (draft.split, draft.annotated) == (row.split, True)
        assert draft.group == (row.group if key in KEEPS_GROUPS else "")
        assert draft.name.rpartition("/")[2] == row.name.rpartition("/")[2]


def test_every_writer_has_its_reader():
    assert set(WRITERS) <= set(IMPORTERS)
    assert {task for writer in WRITERS.values() for task in writer.tasks} == {CLASSES, SEVERAL, SPANS}


@pytest.mark.parametrize(("key", "task"), CASES)
def test_an_export_is_recognized_as_its_own_and_comes_back_equal(tmp_path, key, task):
    rows, blobs = odd_samples(task, key)
    tree = opened(tmp_path, exported(key, task, rows, blobs))
    choice = format_detected(tree, "auto", "text", Reading(several=task == SEVERAL))
    assert (choice.importer.key, choice.also) == (key, ())
    assert choice.reason
    check_equal(tree, key, task, rows, blobs)


@pytest.mark.parametrize(("key", "task"), [case for case in DRAWN if case[0] != "folder_per_class"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_text_comes_back_to_the_character(tmp_path, key, task, data):
    rows, blobs = data.draw(samples(task))
    check_equal(opened(tmp_path, exported(key, task, rows, blobs)), key, task, rows, blobs)


@pytest.mark.parametrize(("key", "task"), CASES)
def test_equal_versions_give_equal_archives_and_equal_plans(tmp_path, key, task):
    content = exported(key, task, *odd_samples(task, key))
    assert content == exported(key, task, *odd_samples(task, key))
    first, second = (IMPORTERS[key].plan(opened(tmp_path, content)) for _ in range(2))
    assert first == second


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_never_raises_anything_else(tmp_path, data):
    key, task = data.draw(st.sampled_from(DRAWN))
    with zipfile.ZipFile(io.BytesIO(exported(key, task, *odd_samples(task, key)))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    target = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[target])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    files[target] = bytes(content[: data.draw(st.integers(0, len(content)))])
    tree = opened(tmp_path, zipped(files))
    for wanted in (key, "auto"):
        try:
            plan = format_detected(tree, wanted, "text").plan(tree)
        except FormatMismatch:
            continue
        for draft in plan.items:
            if isinstance(draft, Draft) and draft.spans:
                text = plan.content_of(draft, tree, 1 << 30).decode()
                assert all(0 <= span.start < span.end <= len(text) for span in draft.spans)


def test_bio_refuses_what_one_tag_a_token_cannot_say():
    rows, blobs = odd_samples(SPANS)
    for spans in (
        (ManifestSpan(0, 0, 7), ManifestSpan(1, 2, 5)),
        (ManifestSpan(0, 5, 8),),
    ):
        with pytest.raises(SpansUnfit, match="JSONL"):
            exported("conll", SPANS, [sample(0, SPANS, spans=spans), *rows[1:]], blobs)


def planned(folder, files, wanted="auto"):
    tree = opened(folder, zipped({k: v.encode() if isinstance(v, str) else v for k, v in files.items()}))
    choice = format_detected(tree, wanted, "text")
    return choice.importer.key, drafts_of(tree, choice.importer)


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        ("B-X I-X O B-Y", [("X", 0, 1), ("Y", 3, 3)]),
        ("I-X I-X B-X", [("X", 0, 1), ("X", 2, 2)]),
        ("S-X B-X E-X S-Y", [("X", 0, 0), ("X", 1, 2), ("Y", 3, 3)]),
        ("U-X B-X I-X L-X O", [("X", 0, 0), ("X", 1, 3)]),
        ("B-X I-Y O", [("X", 0, 0), ("Y", 1, 1)]),
        ("O O", []),
    ],
)
def test_tags_of_every_scheme_are_spans(tags, wanted):
    assert spans_of_tags(tags.split()) == wanted


def test_a_file_of_the_shared_task_is_read(tmp_path):
    lines = "-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\nGerman JJ I-NP I-MISC\n\n北 O\n京 B-LOC\n。 O\n"
    key, found = planned(tmp_path, {"eng.train": "x", "train.txt": lines})
    assert key == "conll"
    spans = {text: [(s.label, text[s.start : s.end]) for s in d.spans] for text, d in found.items()}
    assert spans == {
        "EU rejects German": [("ORG", "EU"), ("MISC", "German")],
        "北京。": [("LOC", "京")],
    }
    assert {draft.split for draft in found.values()} == {"train"}


def test_doccano_of_both_ages_is_read(tmp_path):
    rows = [
        {"id": 1, "text": "😀 Ann", "entities": [{"id": 9, "label": "PER", "start_offset": 2, "end_offset": 5}],
         "relations": [], "Comments": []},
        {"id": 2, "data": "Bob", "label": [[0, 3, "PER"]], "annotation_approver": "li"},
        {"id": 3, "text": "good", "label": ["pos"]},
        {"id": 4, "text": "nobody looked", "label": []},
    ]  # fmt: skip
    key, found = planned(tmp_path, {"all.jsonl": "\n".join(map(json.dumps, rows))})
    assert key == "doccano"
    assert [(s.label, s.start, s.end) for s in found["😀 Ann"].spans] == [("PER", 2, 5)]
    assert [(s.label, s.start, s.end) for s in found["Bob"].spans] == [("PER", 0, 3)]
    assert found["Bob"].origin == Origin(reviewer="li", state="reviewed")
    assert (found["good"].labels, found["nobody looked"].annotated) == (("pos",), False)


def test_label_studio_counts_units_or_characters_and_the_quote_decides(tmp_path):
    def task(text, start, end, quoted, **more):
        value = {"start": start, "end": end, "text": quoted, "labels": ["PER"]}
        result = [{"value": value, "type": "labels"}]
        return {"data": {"text": text}, "annotations": [{"result": result, **more}]}

    tasks = [
        task(
            "💩 Ann here",
            3,
            6,
            "Ann",
            completed_by={"email": "li@example.org"},
            updated_at="2026-01-02T03:04:05Z",
        ),
        task("💩 Bob here", 2, 5, "Bob", ground_truth=True),
        {
            "data": {"text": "fine"},
            "annotations": [{"result": [{"value": {"choices": ["pos"]}}]}],
            "predictions": [],
        },
    ]
    key, found = planned(tmp_path, {"project.json": json.dumps(tasks)})
    assert key == "label_studio"
    assert [found[t].spans[0].start for t in ("💩 Ann here", "💩 Bob here")] == [2, 2]
    origin = found["💩 Ann here"].origin
    assert origin == Origin("li@example.org", at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), state="labeled")
    assert found["💩 Bob here"].origin.is_reviewed
    assert found["fine"].labels == ("pos",)


def test_a_span_that_is_not_its_quote_is_told_and_left_out(tmp_path):
    value = {"start": 4, "end": 7, "text": "Ann", "labels": ["PER"]}
    tasks = [{"data": {"text": "💩 Ann here"}, "annotations": [{"result": [{"value": value}]}]}]
    tree = opened(tmp_path, zipped({"p.json": json.dumps(tasks).encode()}))
    plan = IMPORTERS["label_studio"].plan(tree)
    drafts = [item for item in plan.items if isinstance(item, Draft)]
    assert [(d.spans, d.annotated) for d in drafts] == [((), False)]
    assert [item.code for item in plan.items if isinstance(item, Problem)] == ["span_invalid"]


HOSTILE = {
    "a line that never ends": {"x.jsonl": '{"text": "' + "a" * 3_000_000},
    "a deep nest": {"x.jsonl": "[" * 100_000},
    "a billion columns": {"x.csv": "a," * 200_000 + "\n"},
    "an open quote": {"x.csv": 'text,label\n"never closed' + "x\n" * 200_000},
    "offsets that are none": {"x.jsonl": json.dumps({"text": "ab", "spans": [{"start": True, "end": 1e9, "label": "x"}]})},
    "a lone surrogate": {"x.jsonl": '{"text": "\\ud83d", "label": "a"}'},
    "a zero": {"x.jsonl": '{"text": "a\\u0000b", "label": "a"}'},
    "tags without end": {"x.conll": "a\tB-" + "x" * 500_000 + "\n"},
    "a huge number": {"x.jsonl": '{"text": "ab", "entities": [{"start_offset": 1' + "0" * 400 + ', "end_offset": 2, "label": "x"}]}'},
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_told_of_and_harms_nobody(tmp_path, name):
    files = {k: v.encode() for k, v in HOSTILE[name].items()}
    tree = opened(tmp_path, zipped(files | {"ok.txt": b"fine"}))
    for wanted in ("auto", *IMPORTERS):
        try:
            plan = format_detected(tree, wanted, "text").plan(tree)
        except FormatMismatch:
            continue
        for draft in plan.items:
            if isinstance(draft, Draft):
                assert all(len(label) <= 100 for label in draft.labels)
                assert all(isinstance(s.start, int) and s.end <= 10 for s in draft.spans)


ROWS = [f"{i} is the number of this row,{'ab'[i % 2]}\n" for i in range(8)]


@pytest.mark.parametrize(
    ("head", "count", "columns"),
    [
        ("", 8, ("1", "2")),
        ("words of it,kind\n", 8, ("words of it", "kind")),
        ("text,kind\n", 8, ("text", "kind")),
        ("one more row of this sort,a\n", 9, ("1", "2")),
    ],
)
def test_a_header_is_told_from_a_row(tmp_path, head, count, columns):
    tree = opened(tmp_path, zipped({"t.csv": (head + "".join(ROWS)).encode()}))
    choice = format_detected(tree, "auto", "text")
    plan = choice.plan(tree)
    assert len(plan.items) == count
    assert tuple(note.column for note in plan.columns) == columns
    assert plan.classes == ("a", "b")
