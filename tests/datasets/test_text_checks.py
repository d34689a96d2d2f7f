"""Planted faults in a set of texts: all of them found, and hardly anything else."""

import json
import random
import uuid

import pytest

from datasets.models import Finding, Sample, SampleFinding
from datasets.services import quality as quality_services
from datasets.services.quality import quality_submit
from tests.datasets.conftest import worked
from tests.datasets.quality.test_texts import identity, prose
from tests.datasets.test_texts import make_texts, send  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db(transaction=True)
PLANTED_CODES = (
    "text_empty",
    "text_damaged",
    "text_personal",
    "text_same",
    "same_looking",
    "same_looking_across_splits",
    "same_looking_other_class",
    "text_short",
    "text_long",
    "text_other_script",
    "text_other_language",
)


def clean_rows(r):
    rows = []
    for i in range(240):
        text = prose(r, r.randint(25, 90))
        if i % 6 == 0:
            text += f" Order {r.randint(10**9, 10**10)} of 2026-0{r.randint(1, 9)}-1{r.randint(0, 9)}, {r.random():.2f} €."
        if i % 7 == 0:
            text += " Café Müller, São Paulo, naïve."
        rows.append(
            {"name": f"clean{i}", "text": text, "label": "ab"[i % 2], "split": ("train", "test")[i % 5 == 0]}
        )
    return rows


def planted_rows(r, clean):
    """Name -> (row, codes that must name it)."""
    mail, phone = prose(r, 30) + " ann@example.org", prose(r, 30) + " 电话13812345678"
    texts = {
        "spaces": (" \n\t ", {"text_empty"}),
        "invisible": ("\u200b\u3000", {"text_empty"}),
        "lost": (prose(r, 40).replace(" ", "\ufffd", 2), {"text_damaged"}),
        "mojibake": (prose(r, 40) + " café".encode().decode("cp1252"), {"text_damaged"}),
        "control": (prose(r, 40) + "\x01", {"text_damaged"}),
        "mail": (mail, {"text_personal"}),
        "phone": (phone, {"text_personal"}),
        "identity": (prose(r, 30) + " " + identity(r), {"text_personal"}),
        "card": (prose(r, 30) + " 4111 1111 1111 1111", {"text_personal"}),
        "short": ("no", {"text_short"}),
        "long": (prose(r, 9_000), {"text_long"}),
        "chinese": ("今天天气很好，我们一起去公园散步，然后去吃饭看电影买东西，晚上再回家休息。" * 3, {"text_other_script"}),
        "german": ("Nicht das Geld wert, nach zwei Tagen war es schon kaputt.", {"text_other_language"}),
        "spanish": ("El servicio fue excelente y volveremos el próximo verano.", {"text_other_language"}),
        "russian": ("Сегодня хорошая погода, мы идем гулять в парк, а потом в кино и домой." * 3, {"text_other_script"}),
    }  # fmt: skip
    rows = {
        name: ({"name": name, "text": text, "label": "a"}, codes) for name, (text, codes) in texts.items()
    }
    for name, source, change, codes in (
        ("upper", clean[0], str.upper, {"text_same", "same_looking"}),
        ("wide", clean[2], lambda text: text.replace(" ", "\u3000 "), {"text_same", "same_looking"}),
        ("edited", clean[4], lambda text: text.replace(" the ", " a ", 1) + " End.", {"same_looking"}),
        ("cut", clean[8], lambda text: text[: int(0.85 * len(text))], {"same_looking"}),
    ):
        rows[name] = ({**source, "name": name, "text": change(source["text"])}, codes)
    leak = {**clean[10], "name": "leak", "text": clean[10]["text"] + " Again."}
    rows["leak"] = (
        {**leak, "split": "train" if clean[10]["split"] == "test" else "test"},
        {"same_looking", "same_looking_across_splits"},
    )
    other = {**clean[12], "name": "other", "text": clean[12]["text"] + " Again.", "label": "b"}
    rows["other"] = (other, {"same_looking", "same_looking_other_class"})
    return rows


def test_every_planted_fault_is_found_and_hardly_anything_else(project, make_texts, send):  # noqa: F811
    r = random.Random(11)
    clean = clean_rows(r)
    planted = planted_rows(r, clean)
    rows = [*clean, *(row for row, _ in planted.values())]
    dataset = make_texts()
    result = send(dataset, {"t.jsonl": "\n".join(map(json.dumps, rows))}).result
    assert (result["created"], result["problems"]) == (len(rows), {})
    job = worked(quality_submit(actor=project.created_by, dataset=dataset))
    assert job.state == "succeeded", job.error_detail

    named = {}
    pairs = SampleFinding.objects.filter(dataset=dataset).values_list("sample__name", "code")
    for name, code in pairs:
        named.setdefault(name, set()).add(code)
    missed = {name: codes - named.get(name, set()) for name, (_, codes) in planted.items()}
    assert {name: codes for name, codes in missed.items() if codes} == {}
    sources = {f"clean{i}" for i in (0, 2, 4, 8, 10, 12)}
    alarms = {
        row["name"]: named[row["name"]]
        for row in clean
        if row["name"] in named and row["name"] not in sources
    }
    assert len(alarms) <= 0.05 * len(clean), alarms
    found = {row.code: row for row in Finding.objects.filter(dataset=dataset)}
    assert all(found[code].count for code in PLANTED_CODES)
    assert found["text_personal"].params["kinds"] == {"card": 1, "identity": 1, "mail": 1, "phone": 1}
    assert found["text_other_language"].params["languages"]["en"] >= 200
    assert found["text_other_language"].count == 2, found["text_other_language"].params
    assert found["same_looking"].params["groups"] == 6
    known = dict(Sample.objects.values_list("pk", "name"))
    groups = [{known[uuid.UUID(one)] for one in ids} for ids in found["same_looking"].params["examples"]]
    assert sorted(map(sorted, groups)) == [
        ["clean0", "upper"], ["clean10", "leak"], ["clean12", "other"],
        ["clean2", "wide"], ["clean4", "edited"], ["clean8", "cut"],
    ]  # fmt: skip
    assert not any(code.startswith(("picture_", "boxes_")) and row.count for code, row in found.items())
    assert "text_damaged" in Sample.objects.get(name="lost").findings


def test_a_mixed_or_tiny_set_raises_no_alarm(project, make_texts, send):  # noqa: F811
    rows = [
        {"text": text} for text in ("今天天气很好我们去公园", "An ordinary sentence", "обычный простой текст")
    ]
    dataset = make_texts()
    send(dataset, {"t.jsonl": "\n".join(map(json.dumps, rows))})
    worked(quality_submit(actor=project.created_by, dataset=dataset))
    assert not SampleFinding.objects.exists()


def test_an_empty_set_is_checked_too(project, make_texts):  # noqa: F811
    job = worked(quality_submit(actor=project.created_by, dataset=make_texts()))
    assert job.state == "succeeded", job.error_detail


def test_a_text_that_comes_or_goes_during_the_check_shifts_no_finding(
    project,
    make_texts,  # noqa: F811
    send,  # noqa: F811
    monkeypatch,
):
    """Findings go by row; the rows are those that were read first."""
    dataset = make_texts()
    rows = [{"name": f"n{i}", "text": f"an ordinary sentence {i}", "label": "a"} for i in range(6)]
    rows[4]["text"] = "write to ann@example.org"
    send(dataset, {"t.jsonl": "\n".join(map(json.dumps, rows))})
    scan = quality_services.samples_scan

    def then_changed(ctx, dataset_id):
        read = scan(ctx, dataset_id)
        Sample.objects.filter(dataset=dataset, name="n1").update(dataset=make_texts(name="bin"))
        return read

    monkeypatch.setattr(quality_services, "samples_scan", then_changed)
    job = worked(quality_submit(actor=project.created_by, dataset=dataset))
    assert job.state == "succeeded", job.error_detail
    named = SampleFinding.objects.filter(dataset=dataset, code="text_personal")
    assert list(named.values_list("sample__name", flat=True)) == ["n4"]
