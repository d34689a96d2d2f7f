"""Text data sets, from files to a frozen version."""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import Job
from core.services.blobs import blob_read
from datasets.models import AnnotationHistory, LabelClass, Sample, Shape
from datasets.selectors.counters import drift_of
from datasets.selectors.samples import samples_filtered
from datasets.services import datasets as dataset_services
from datasets.services.imports import ImportOptions, import_submit_files
from datasets.services.versions import version_opened, version_submit
from datasets.splits import SplitSpec
from tests.datasets.conftest import worked
from tests.datasets.pictures import zipped

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def make_texts(project):
    """An empty text data set of `project`."""

    def make(task="text_classification", name="texts"):
        return dataset_services.dataset_create(
            actor=project.created_by, project=project, name=name, modality="text", task=task
        )

    return make


@pytest.fixture
def send(project):
    """Import one file, or several in a ZIP, to the end; the job as it ended."""

    def run(dataset, files, **options):
        packed = {k: v.encode() if isinstance(v, str) else v for k, v in files.items()}
        name, content = ("upload.zip", zipped(packed)) if len(packed) > 1 else next(iter(packed.items()))
        upload = SimpleUploadedFile(name, content)
        return worked(
            import_submit_files(
                actor=project.created_by, dataset=dataset, files=[upload], options=ImportOptions(**options)
            )
        )

    return run


def said(dataset):
    """Text -> names of its classes."""
    names = {str(row.pk): row.name for row in LabelClass.objects.filter(dataset=dataset)}
    rows = Sample.objects.filter(dataset=dataset)
    return {blob_read(row.sha256).decode(): [names[label] for label in row.labels] for row in rows}


def test_a_folder_per_class_becomes_labeled_texts(make_texts, send):
    dataset = make_texts()
    job = send(
        dataset, {"train/spam/1.txt": "Buy now\r\n第二行", "test/ham/2.txt": "See you 😀", "readme.txt": "x"}
    )
    assert job.state == "succeeded", job.error_detail
    assert (job.result["format"], job.result["created"], job.result["annotated"]) == (
        "folder_per_class",
        2,
        2,
    )
    assert said(dataset) == {"Buy now\r\n第二行": ["spam"], "See you 😀": ["ham"]}
    first = Sample.objects.get(split="train")
    assert first.payload == {"characters": 12, "lines": 2, "excerpt": "Buy now 第二行", "encoding": "utf-8"}
    assert (first.media_type, first.thumb_sha256, first.state) == ("text/plain", "", "labeled")
    assert drift_of(dataset.pk) == {}


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b"\xef\xbb\xbf"),
        ("gb18030", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
def test_every_usual_encoding_comes_in_exactly(make_texts, send, encoding, mark):
    dataset = make_texts()
    text = "今天天气很好，我们去公园。\r\n“引号”…" + ("" if mark else "ok")
    result = send(dataset, {"a.txt": mark + text.encode(encoding)}).result
    assert (result["created"], result["problems"]) == (1, {})
    assert said(dataset) == {text: []}
    assert Sample.objects.get().payload["encoding"] == encoding


def test_damaged_bytes_are_a_problem_with_a_remedy_and_the_rest_comes_in(make_texts, send):
    result = send(make_texts(), {"a.txt": "caf\xe9 au lait".encode("latin-1"), "b.txt": "fine"}).result
    assert (result["created"], result["problems"]) == (1, {"text_undecodable": 1})
    assert "save it again as UTF-8" in result["problem_samples"][0]["detail"]


def test_a_table_says_why_its_columns_are_what_they_are(make_texts, send):
    dataset = make_texts()
    table = 'id,评论,sentiment\n1,"好，\r\n很好",pos\n2,差,neg\n3,,neg\n'
    result = send(dataset, {"reviews.csv": table.encode("gb18030")}).result
    assert "“评论” is the text" in result["reason"]
    assert "“sentiment” is the label" in result["reason"]
    assert (result["created"], result["problems"]) == (2, {"text_empty": 1})
    assert said(dataset) == {"好，\r\n很好": ["pos"], "差": ["neg"]}
    assert sorted(Sample.objects.values_list("name", "payload__encoding")) == [
        ("1", "gb18030"),
        ("2", "gb18030"),
    ]


def test_a_person_may_choose_the_columns(make_texts, send):
    dataset = make_texts()
    table = "text,note,kind\nshort,the other column that was meant,a\nbrief,another one that was meant,b\n"
    result = send(dataset, {"t.csv": table}, columns={"text": "note", "label": "3"}).result
    assert said(dataset) == {"the other column that was meant": ["a"], "another one that was meant": ["b"]}
    assert {"role": "text", "column": "note", "why": "chosen"} in result["columns"]
    assert "you chose “note” for the text" in result["reason"]
    failed = send(dataset, {"t.csv": table}, columns={"text": "nosuch"})
    assert (failed.state, failed.error_code) == ("failed", "format_mismatch")
    assert "nosuch" in failed.error_detail


def test_several_classes_a_text(make_texts, send):
    dataset = make_texts("text_multilabel")
    table = 'text\ttags\none\ta|b\ntwo\t["b","c, d"]\nthree\t\n'
    send(dataset, {"t.tsv": table})
    assert said(dataset) == {"one": ["a", "b"], "two": ["b", "c, d"], "three": []}
    assert drift_of(dataset.pk) == {}


def test_several_classes_where_one_is_taken_are_a_problem(make_texts, send):
    lines = json.dumps({"text": "one", "labels": ["a", "b"]})
    result = send(make_texts(), {"t.jsonl": lines}).result
    assert (result["created"], result["annotated"], result["problems"]) == (1, 0, {"several_classes": 1})


def test_spans_count_code_points(make_texts, send):
    dataset = make_texts("ner")
    text = "😀 Ann\r\nlives in 北京。"
    rows = [
        {
            "text": text,
            "spans": [{"start": 2, "end": 5, "label": "PER"}, {"start": 16, "end": 18, "label": "LOC"}],
        },
        {"text": "nothing here", "spans": []},
        {"text": "bad", "spans": [{"start": 1, "end": 9, "label": "PER"}]},
    ]
    result = send(dataset, {"t.jsonl": "\n".join(map(json.dumps, rows))}).result
    assert (result["created"], result["annotated"], result["problems"]) == (3, 2, {"span_invalid": 1})
    sample = Sample.objects.get(name="t.jsonl:1")
    got = {shape.label_class.name: shape.geometry for shape in Shape.objects.filter(sample=sample)}
    assert {k: text[v["start"] : v["end"]] for k, v in got.items()} == {"PER": "Ann", "LOC": "北京"}
    assert Sample.objects.get(name="t.jsonl:2").state == "labeled"
    assert AnnotationHistory.objects.get(sample=sample).shapes[0]["start"] == 2
    assert drift_of(dataset.pk) == {}


@pytest.mark.parametrize("asked", [lambda words: {"text": words}, lambda words: {"filter": f'"{words}"'}])
def test_a_search_finds_what_a_text_says(make_texts, send, asked):
    dataset = make_texts()
    send(dataset, {"t.csv": "text,label\nＦｕｌｌ Width,a\nStraße 50%,b\nother,c\n"})

    def found(words):
        rows = samples_filtered(dataset.pk, asked(words), task=dataset.task)
        return sorted(row.payload["excerpt"] for row in rows)

    assert found("full width") == ["Ｆｕｌｌ Width"]
    assert found("STRASSE") == ["Straße 50%"]
    assert found("0%") == ["Straße 50%"]
    assert found("t.csv") == ["Straße 50%", "other", "Ｆｕｌｌ Width"]


@pytest.mark.parametrize("action", ["label", "delete"])
def test_many_texts_are_changed_with_all_counters_and_back(client_for, members, make_texts, send, action):
    client = client_for(members["manager"])
    dataset = make_texts()
    send(dataset, {"t.csv": "text,label\none,a\ntwo,b\nthree,b\n"})
    label = str(dataset.classes.get(name="a").pk) if action == "label" else ""

    def done(answer):
        job = worked(Job.objects.get(pk=answer.json()["job"]["id"]))
        assert (job.state, drift_of(dataset.pk)) == ("succeeded", {})
        return job.result

    body = {"action": action, "value": label, "conditions": {"filter": "label:b"}}
    result = done(client.post(f"/api/v1/datasets/{dataset.pk}/bulk-edits/", body, format="json"))
    changed = {"label": [["a"], ["a"], ["a"]], "delete": [["a"]]}
    assert sorted(said(dataset).values()) == changed[action]
    done(client.post(f"/api/v1/bulk-edits/{result['edit']}/undo/", {}, format="json"))
    assert said(dataset) == {"one": ["a"], "two": ["b"], "three": ["b"]}


def test_a_span_is_saved_and_a_wrong_one_is_refused(client_for, members, make_texts, send):
    client = client_for(members["manager"])
    dataset = make_texts("ner")
    send(dataset, {"t.jsonl": '{"text": "😀 Ann", "spans": [{"start": 2, "end": 5, "label": "PER"}]}'})
    sample, label = Sample.objects.get(), str(LabelClass.objects.get().pk)
    url = f"/api/v1/samples/{sample.pk}/annotation/"
    now = client.get(url).json()
    assert [(s["kind"], s["start"], s["end"]) for s in now["shapes"]] == [("span", 2, 5)]

    def put(start, end, revision):
        spans = [{"id": str(uuid.uuid4()), "class": label, "start": start, "end": end}]
        return client.put(url, {"revision": revision, "spans": spans}, content_type="application/json")

    saved = put(0, 1, 1)
    assert (saved.status_code, saved.json()["revision"]) == (200, 2), saved.content
    assert [(s["start"], s["end"]) for s in saved.json()["shapes"]] == [(0, 1)]
    for start, end in ((0, 6), (3, 3), (4, 2)):
        answer = put(start, end, 2)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input"), answer.content
    shape = {"id": str(uuid.uuid4()), "kind": "class", "label": label}
    answer = client.put(url, {"revision": 2, "shapes": [shape]}, content_type="application/json")
    assert answer.status_code == 422
    assert client.put(url, {"revision": 2}, content_type="application/json").status_code in (400, 422)
    assert drift_of(dataset.pk) == {}


def test_a_version_carries_classes_and_spans(project, make_texts, send):
    dataset = make_texts("ner")
    rows = [{"text": f"Ann {i}", "spans": [{"start": 0, "end": 3, "label": "PER"}]} for i in range(10)]
    send(dataset, {"t.jsonl": "\n".join(map(json.dumps, rows))})
    job = worked(
        version_submit(
            actor=project.created_by,
            dataset=dataset,
            name="",
            spec=SplitSpec("random", 0.8, 0.1, 0.1, 0),
            conditions={},
        )
    )
    assert job.state == "succeeded", job.error_detail
    from datasets.models import DatasetVersion

    with version_opened(DatasetVersion.objects.get()) as (header, samples):
        frozen = list(samples)
    assert (header.modality, header.task, header.counts["objects"]) == ("text", "ner", 10)
    assert {(s.spans[0].start, s.spans[0].end, s.spans[0].label) for s in frozen} == {(0, 3, 0)}


@pytest.mark.parametrize(
    ("encoding", "bad"), [("gb18030", b"\xff"), ("utf-16-le", b"\x00\xdc"), ("utf-8", b"\xff")]
)
def test_a_text_with_a_bad_byte_comes_in_with_a_mark_at_its_place_and_is_told(
    make_texts, send, encoding, bad
):
    dataset = make_texts()
    head, tail = "今天天气很好，我们去公园。\n" * 3 + "甲", "乙\n" + "明天也是。\n" * 9
    result = send(dataset, {"a.txt": head.encode(encoding) + bad + tail.encode(encoding)}).result
    assert (result["created"], result["problems"]) == (1, {"text_replaced": 1})
    told = result["problem_samples"][0]
    assert (told["where"], encoding.upper() in told["detail"]) == ("a.txt:4", True)
    assert list(said(dataset)) == [head + "\ufffd" + tail]
