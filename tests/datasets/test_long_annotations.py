"""Annotations that are too long, or bad in every row, are refused soon and in few words."""

import math
import uuid

import pytest
from rest_framework.utils.serializer_helpers import ReturnDict

from datasets.api import forms
from datasets.geometry import forms as geometry
from datasets.geometry.forms import FormRefused, form_from

MANY = 20_000


@pytest.fixture
def looked_at(monkeypatch):
    """How many points were looked at."""
    seen = []
    real = geometry._numbers
    monkeypatch.setattr(geometry, "_numbers", lambda raw, *more: seen.append(1) or real(raw, *more))
    return seen


def circle(count):
    turns = (math.tau * i / count for i in range(count))
    return [[50 + 40 * math.cos(turn), 50 + 40 * math.sin(turn)] for turn in turns]


def checked(**body):
    form = forms.SampleAnnotationForm(data={"revision": 1, **body})
    form.is_valid()
    return form


def span(**more):
    return {"id": str(uuid.uuid4()), "start": 1, "end": 2, "class": str(uuid.uuid4()), **more}


def test_points_of_many_rings_are_counted_before_they_are_looked_at(looked_at):
    with pytest.raises(FormRefused, match="too many points"):
        form_from("polygon", [circle(25_000)] * 5)
    assert not looked_at
    assert len(form_from("polygon", [circle(25)] * 5).value) == 5
    assert len(looked_at) == 125


@pytest.mark.parametrize("name", ["polygon", "polyline", "keypoints", "rotated"])
def test_points_reach_the_geometry_as_they_were_sent(name):
    points = [[1, 2], [3, "x"], None]
    kind = "rotated_box" if name == "rotated" else name
    shape = {"id": str(uuid.uuid4()), "kind": kind, "label": str(uuid.uuid4()), name: points}
    form = checked(shapes=[shape])
    assert form.errors == {}
    assert form.validated_data["shapes"][0][name] is points


@pytest.mark.parametrize("field", ["spans", "shapes"])
def test_too_many_rows_are_refused_by_their_number_alone(field):
    errors = checked(**{field: [{}] * (MANY + 1)}).errors
    assert errors == {field: [f"a sample has at most {MANY} shapes"]}


def test_a_list_of_bad_rows_tells_of_the_first_ten_at_their_places():
    rows = [span(), *({"start": 1, "end": 2, "class": str(uuid.uuid4())} for _ in range(MANY - 1))]
    errors = checked(spans=rows).errors
    assert isinstance(errors, ReturnDict)
    assert errors["spans"] == [{}, *[{"id": ["This field is required."]}] * 10]


def test_good_rows_come_through_and_one_bad_one_is_told():
    rows = [span() for _ in range(30)]
    taken = checked(spans=rows).validated_data["spans"]
    assert [str(row["id"]) for row in taken] == [row["id"] for row in rows]
    rows[20] = span(end=0)
    errors = checked(spans=rows).errors["spans"]
    assert [at for at, row in enumerate(errors) if row] == [20]
    assert "spans" in checked(spans={"id": 1}).errors
