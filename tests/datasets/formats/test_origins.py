"""Who labeled a sample elsewhere and when: read, written, read again; and what is no date or person."""

import io
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.formats.archive import open_tree
from datasets.formats.base import Draft, Problem
from datasets.formats.decoding.intake import intake_of
from datasets.formats.registry import format_detected, importers_of, writers_of
from datasets.formats.writers.base import BOXES, ZipSink, losses_told
from datasets.manifest import ManifestClass, ManifestHeader, ManifestObject, ManifestSample, ManifestSpan
from datasets.origins import Origin, moment_of, origin_of, person_of
from tests.datasets.formats.test_every_format import BLOBS, sample
from tests.datasets.formats.test_foreign_files import CVAT, rectangle
from tests.datasets.formats.trees import P, codes, drafts, planned
from tests.datasets.pictures import saved, zipped

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
PEOPLE = ("anna@example.org", "李雷", "7", "o'brien & <co>", "")
SCHEMA = (ManifestClass("a", 0, "cat"), ManifestClass("b", 1, "dog"))
names = st.sampled_from(PEOPLE)
moments = st.none() | st.integers(0, 10**9).map(lambda n: NOON + timedelta(microseconds=n))
origins = st.builds(
    Origin, names, st.just(""), moments, st.sampled_from(("labeled", "reviewed", "skipped"))
) | st.builds(Origin, names, names, moments, st.sampled_from(("labeled", "reviewed")))


def meant(origin):
    """That something is labeled goes without saying."""
    return None if origin == Origin(state="labeled") else origin


def round_trip(folder, modality, key, task, samples, blobs):
    """The origin of each content after an export and an import, and what the export told."""
    out = io.BytesIO()
    sink, writer = ZipSink(out), writers_of(modality)[key]
    header = ManifestHeader(modality, task, SCHEMA, {})
    writer.write(header, losses_told(samples, writer, sink), sink, blobs.__getitem__)
    sink.close()
    tree = open_tree(saved(folder, out.getvalue()), "x.zip", folder, modality)
    assert format_detected(tree, "auto", modality).importer.key == key
    plan, intake = importers_of(modality)[key].plan(tree), intake_of(modality)
    found = {}
    for draft in plan.items:
        if isinstance(draft, Draft):
            _, content = intake.taken(draft, plan.content_of(draft, tree, 1 << 30))
            found[content] = draft.origin
            assert draft.annotated == (draft.origin is None or draft.origin.state != "skipped")
        else:
            assert draft.code == "tasks_skipped"
    return [found[blobs[one.sha256]] for one in samples], dict(sink.told)


def pictures(listed):
    box = (ManifestObject(0, (1.0, 2.0, 10.0, 20.0)),)
    rows = [sample(i, "train", objects=box) for i in range(len(listed))]
    return [_with(row, origin) for row, origin in zip(rows, listed, strict=True)]


def _with(row, origin):
    line = row.to_line() | ({"origin": origin.to_json()} if origin else {})
    return ManifestSample.from_line(line)


def texts(listed):
    blobs = {f"{i:064x}": f"text number {i}".encode() for i in range(len(listed))}
    rows = [
        ManifestSample(f"s{i}", sha, f"t{i}.txt", "text/plain", 0, 0, "train", spans=(ManifestSpan(0, 0, 4),))
        for i, sha in enumerate(blobs)
    ]
    return [_with(row, origin) for row, origin in zip(rows, listed, strict=True)], blobs


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(listed=st.lists(st.none() | origins, min_size=1, max_size=5))
def test_label_studio_keeps_everything_of_pictures_and_texts(tmp_path, listed):
    wanted = [meant(one) if one else None for one in listed]
    got, told = round_trip(tmp_path, "image", "label_studio", BOXES, pictures(listed), BLOBS)
    assert (got, told) == (wanted, {})
    rows, blobs = texts(listed)
    assert round_trip(tmp_path, "text", "label_studio", "ner", rows, blobs) == (wanted, {})


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(listed=st.lists(st.none() | origins, min_size=1, max_size=5))
def test_doccano_keeps_what_it_can_say_and_tells_the_rest(tmp_path, listed):
    rows, blobs = texts(listed)
    got, told = round_trip(tmp_path, "text", "doccano", "ner", rows, blobs)
    wanted = [meant(one) if one else None for one in listed]
    lost = 0
    for mine, theirs in zip(wanted, got, strict=True):
        if theirs != mine:
            assert (theirs or Origin()).at == mine.at
            assert (theirs or Origin()).annotator == mine.annotator
            lost += 1
    assert told.get("origins_dropped", 0) >= lost


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(listed=st.lists(st.none() | origins, min_size=1, max_size=5))
def test_cvat_keeps_people_and_states_and_the_last_time_of_each(tmp_path, listed):
    got, told = round_trip(tmp_path, "image", "cvat", BOXES, pictures(listed), BLOBS)
    dropped = later = 0
    for mine, theirs in zip(listed, got, strict=True):
        if mine is None:
            assert theirs is None
            continue
        task = [o for o in listed if o and (o.annotator, o.is_reviewed) == (mine.annotator, mine.is_reviewed)]
        last = max((o.at for o in task if o.at), default=None)
        state = "reviewed" if mine.is_reviewed else "labeled"
        assert theirs == meant(Origin(mine.annotator, "", last, state))
        dropped += bool(mine.reviewer or mine.state == "skipped")
        later += mine.at != last
    assert told.get("origins_dropped", 0) == dropped
    assert bool(told.get("origin_times_joined")) == bool(later)


@pytest.mark.parametrize("key", ["coco", "yolo", "datumaro", "pascal_voc", "labelme", "csv"])
def test_a_format_without_a_place_for_people_says_so(key):
    sink, writer = ZipSink(io.BytesIO()), writers_of("image")[key]
    listed = [Origin("anna", state="labeled"), None, Origin("bo", state="reviewed")]
    assert len(list(losses_told(pictures(listed), writer, sink))) == 3
    assert sink.told == {"origins_dropped": 2}


def meta(inner, image=""):
    text = CVAT.replace("<task><id>4</id>", f"<task><id>4</id>{inner}")
    return text.replace('<image id="0"', f'<image id="0" {image}')


def cvat_origin(folder, text):
    _, plan = planned(folder, {"annotations.xml": text, "images/1.jpg": P, "images/sub/2.jpg": P})
    return drafts(plan)["images/1.jpg"].origin, codes(plan)


SEGMENTS = "<segments><segment><id>99</id><start>0</start><url>http://x</url></segment></segments>"


def test_cvat_names_who_a_task_was_given_to_and_when_it_changed(tmp_path):
    inner = (
        "<created>2024-02-28 08:00:00.5+08:00</created><updated>2024-03-01 20:00:00+08:00</updated>"
        f"{SEGMENTS}<owner><username>boss</username><email>b@x.org</email></owner>"
        "<assignee><username>anna</username><email>anna@example.org</email></assignee>"
    )
    origin, _ = cvat_origin(tmp_path, meta(inner))
    assert origin == Origin("anna@example.org", at=NOON, state="labeled")


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        ("<owner><username>boss</username><email></email></owner><assignee></assignee>", ("boss", "labeled")),
        ("<assignee>anna</assignee><stage>acceptance</stage><state>completed</state>", ("anna", "reviewed")),
        ("<assignee>anna</assignee><stage>annotation</stage><state>completed</state>", ("anna", "labeled")),
        ("<assignee>anna</assignee><status>completed</status>", ("anna", "reviewed")),
        ("<assignee>anna</assignee><stage>acceptance</stage><state>rejected</state>", ("anna", "labeled")),
    ],
)
def test_cvat_says_how_far_a_job_is(tmp_path, inner, wanted):
    origin, _ = cvat_origin(tmp_path, meta(inner))
    assert (origin.annotator, origin.state) == wanted


def test_cvat_of_a_project_gives_each_picture_the_people_of_its_task(tmp_path):
    tasks = "".join(
        f"<task><id>{i}</id><assignee><username>{name}</username></assignee></task>"
        for i, name in ((1, "anna"), (2, "bo"))
    )
    head = f"<project><id>1</id><owner><username>boss</username></owner><tasks>{tasks}</tasks><labels/></project>"
    body = "".join(
        f'<image name="{i}.jpg" {task}></image>' for i, task in enumerate(('task_id="2"', "", 'task_id="9"'))
    )
    text = f"<annotations><meta>{head}</meta>{body}</annotations>"
    _, plan = planned(tmp_path, {"a.xml": text} | {f"{i}.jpg": P for i in range(3)})
    got = [draft.origin for draft in drafts(plan).values()]
    assert got == [Origin("bo", state="labeled"), None, None]


def test_cvat_tells_drawn_by_a_machine_from_drawn_by_hand(tmp_path):
    text = CVAT.replace('source="manual"', 'source="auto"')
    _, plan = planned(tmp_path, {"annotations.xml": text, "images/1.jpg": P, "images/sub/2.jpg": P})
    boxes = drafts(plan)["images/1.jpg"].boxes
    assert dict(boxes[0].attributes)["source"] == "auto"
    assert boxes[1].attributes == ()


def annotation(name, at, label="cat", **more):
    return {"completed_by": {"email": name}, "updated_at": at, "result": [rectangle(label)], **more}


def studio(folder, *annotations):
    document = [{"data": {"image": "1.jpg"}, "annotations": list(annotations)}]
    _, plan = planned(folder, {"1.jpg": P, "tasks.json": json.dumps(document)})
    (draft,) = drafts(plan).values()
    return draft, codes(plan)


def test_of_several_annotations_the_newest_counts_and_the_others_are_told(tmp_path):
    listed = [
        annotation("old@x", "2024-01-01T00:00:00Z", "old"),
        annotation("new@x", "2024-03-01T12:00:00Z", "new"),
        annotation("gone@x", "2025-01-01T00:00:00Z", "gone", was_cancelled=True),
        annotation("undated@x", None, "undated"),
    ]
    draft, told = studio(tmp_path, *listed)
    assert ([box.label for box in draft.boxes], draft.origin) == (
        ["new"],
        Origin("new@x", at=NOON, state="labeled"),
    )
    assert told == {"further_annotations": 2}


def test_a_ground_truth_counts_before_a_newer_annotation_and_is_reviewed(tmp_path):
    best = annotation("best@x", "2024-01-01T00:00:00Z", "best", ground_truth=True)
    draft, _ = studio(tmp_path, annotation("new@x", "2025-01-01T00:00:00Z"), best)
    assert ([box.label for box in draft.boxes], draft.origin.annotator) == (["best"], "best@x")
    assert draft.origin.is_reviewed


def test_a_task_that_was_only_skipped_comes_in_unlabeled_with_who_skipped_it(tmp_path):
    draft, told = studio(tmp_path, annotation("a@x", "2024-03-01T12:00:00Z", was_cancelled=True))
    assert (draft.annotated, draft.boxes) == (False, ())
    assert draft.origin == Origin("a@x", at=NOON, state="skipped")
    assert told == {"tasks_skipped": 1}


def test_a_review_that_accepted_makes_it_reviewed_by_its_reviewer(tmp_path):
    reviews = [{"accepted": False, "created_by": 1}, {"accepted": True, "created_by": {"email": "rev@x"}}]
    draft, _ = studio(tmp_path, annotation("a@x", None, reviews=reviews))
    assert draft.origin == Origin("a@x", "rev@x", None, "reviewed")
    draft, _ = studio(tmp_path, annotation("a@x", None, reviews=reviews[::-1]))
    assert draft.origin == Origin("a@x", "1", None, "labeled")


HOSTILE_PEOPLE = [
    {"email": {"email": {}}}, [], [["x"]], True, 1.5, "x" * 2_000_000, "a\u202eb\x00\n", 10**30, {"id": [1]},
    {f"k{i}": i for i in range(2_000)},
]  # fmt: skip
HOSTILE_DATES = [
    "yesterday", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2024-13-40", -5, 1e300, [], {}, True,
    "2024-01-01T00:00:00Z" * 100_000, 10**400 if False else 10**18, "1970-01-01", "２０２４-03-01",
]  # fmt: skip


@pytest.mark.parametrize("person", HOSTILE_PEOPLE, ids=range(len(HOSTILE_PEOPLE)))
@pytest.mark.parametrize("where", ["completed_by", "created_username", "reviews"])
def test_a_hostile_person_costs_no_label_and_shows_nothing_odd(tmp_path, person, where):
    said = {"result": [rectangle()], where: [{"created_by": person}] if where == "reviews" else person}
    draft, _ = studio(tmp_path, said)
    assert [box.label for box in draft.boxes] == ["cat"]
    for name in (draft.origin.annotator, draft.origin.reviewer) if draft.origin else ():
        assert len(name) <= 150
        assert name.isprintable()


@pytest.mark.parametrize("date", HOSTILE_DATES, ids=range(len(HOSTILE_DATES)))
def test_a_hostile_date_is_told_once_and_costs_no_label(tmp_path, date):
    draft, told = studio(tmp_path, {"result": [rectangle()], "completed_by": 3, "created_at": date})
    assert ([box.label for box in draft.boxes], draft.origin) == (["cat"], Origin("3", state="labeled"))
    assert told == {"date_invalid": 1}
    row = {"text": "some text", "label": ["x"], "created_at": date, "Comments": []}
    tree = open_tree(
        saved(tmp_path, zipped({"a.jsonl": json.dumps(row).encode()})), "x.zip", tmp_path, "text"
    )
    plan = importers_of("text")["doccano"].plan(tree)
    assert [d.labels for d in plan.items if isinstance(d, Draft)] == [("x",)]
    assert [p.code for p in plan.items if isinstance(p, Problem)] == ["date_invalid"]


def test_a_million_annotations_of_one_task_are_looked_at_once(tmp_path):
    row = {"was_cancelled": False, "updated_at": "x", "result": []}
    document = [{"data": {"image": "1.jpg"}, "annotations": [row] * 200_000}]
    start = time.process_time()
    _, plan = planned(tmp_path, {"1.jpg": P, "t.json": json.dumps(document)})
    assert time.process_time() - start < 20
    assert codes(plan)["further_annotations"] == 199_999


@pytest.mark.parametrize(
    "inner",
    [
        "<updated>never</updated>" * 50_000,
        "<id>4</id>" * 120_000,
        f"<assignee><username>{'x' * 500_000}</username></assignee>",
        "<assignee>" + "<email>a</email>" * 100_000 + "</assignee>",
        "<state>" + "z" * 300_000 + "</state>",
    ],
    ids=range(5),
)
def test_hostile_work_of_cvat_costs_no_picture(tmp_path, inner):
    origin, told = cvat_origin(tmp_path, meta(inner))
    assert origin is None or len(origin.annotator) <= 150
    assert told.pop("date_invalid", 50_000) == 50_000
    assert told == {"geometry_reduced": 1, "curve_approximated": 1, "shape_unsupported": 1}


def test_doccano_names_users_and_the_last_of_several_dates(tmp_path):
    mark = {
        "label": "PER",
        "start_offset": 0,
        "end_offset": 3,
        "user": "anna",
        "updated_at": "2024-03-01T12:00:00Z",
    }
    row = {
        "text": "Ann",
        "entities": [{**mark, "updated_at": "2024-01-01"}, mark],
        "annotation_approver": "rev",
    }
    tree = open_tree(
        saved(tmp_path, zipped({"a.jsonl": json.dumps(row).encode()})), "x.zip", tmp_path, "text"
    )
    (draft,) = importers_of("text")["doccano"].plan(tree).items
    assert draft.origin == Origin("anna", "rev", NOON, "reviewed")


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("2024-03-01T12:00:00Z", NOON),
        ("2024-03-01 12:00:00", NOON),
        ("2024-03-01T20:00:00.000+08:00", NOON),
        (1709294400, NOON),
        (1709294400000, NOON),
        ("1709294400", None),
        (0, None),
        (None, None),
    ],
)
def test_moments_are_utc(raw, wanted):
    assert moment_of(raw) == wanted


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.sampled_from(("email", "id", "name")), x),
    )
)
def test_anything_is_a_person_or_nobody_a_moment_or_none(raw):
    origin = origin_of(raw, moment_of(raw), "reviewed", raw)
    assert len(person_of(raw)) <= 150
    assert Origin.from_json(json.loads(json.dumps(origin.to_json()))) == origin
