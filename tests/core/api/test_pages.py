"""Keyset pages walk every row once, forwards and backwards."""

import base64

import pytest
from django.contrib.auth import get_user_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from core.api.pages import Cursor, ordering_of, page
from core.errors import BadRequest, InvalidInput
from core.models import Project

pytestmark = pytest.mark.django_db


def ask(url, queryset, ordering=("name", "id"), **kwargs):
    request = Request(APIRequestFactory().get(url))
    return page(
        request, queryset, ordering=ordering, render=lambda rows: [row.name for row in rows], **kwargs
    ).data


@pytest.fixture
def named_projects():
    user = get_user_model().objects.create(username="u")
    for name in "ecabdab":
        Project.objects.create(name=name, created_by=user)
    return Project.objects.all()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(limit=st.integers(1, 9), descending=st.booleans())
def test_every_row_comes_once_in_order_and_back_again(named_projects, limit, descending):
    ordering = ("-name", "-id") if descending else ("name", "id")
    url, forward, last_url = f"/x/?limit={limit}", [], ""
    while url:
        body = ask(url, named_projects, ordering)
        forward += body["results"]
        last_url, url = url, body["next"]
    assert forward == sorted("ecabdab", reverse=descending)
    backward, url = [], ask(last_url, named_projects, ordering)["previous"]
    while url:
        body = ask(url, named_projects, ordering)
        backward = body["results"] + backward
        url = body["previous"]
    assert backward == forward[: len(backward)]
    assert len(backward) == len(forward) - len(ask(last_url, named_projects, ordering)["results"])


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_several_orders_at_once_walk_every_row_once(named_projects, limit):
    for number, row in enumerate(named_projects.order_by("name", "-id")):
        Project.objects.filter(pk=row.pk).update(description=str(number % 2))
    keys = named_projects.exclude(name="c")

    for ordering in (("description", "-name", "-id"), ("-description", "name", "id")):
        expected = list(keys.order_by(*ordering).values_list("name", flat=True))
        url, walked = f"/x/?limit={limit}&count=1", []
        while url:
            body = ask(url, keys, ordering)
            assert body["count"] == 6
            walked += body["results"]
            url = body["next"]
        assert walked == expected


def test_an_ordering_is_closed_by_the_id_and_takes_each_column_once():
    def ordered(wanted):
        request = Request(APIRequestFactory().get(f"/x/?ordering={wanted}"))
        return ordering_of(request, ("name", "size", "state", "age", "id"), "id")

    assert ordered("-size,name") == ("-size", "name", "id")
    assert ordered("size,-name") == ("size", "-name", "-id")
    assert ordered("name,id,size") == ("name", "id")
    for wrong in ("name,name", "name,-name", "nothing", "name,", "name,size,state,age"):
        with pytest.raises(InvalidInput):
            ordered(wrong)


def test_a_count_is_given_only_when_asked_for(named_projects):
    assert "count" not in ask("/x/", named_projects)
    assert ask("/x/?count=1", named_projects)["count"] == 7
    assert ask("/x/?count=1", named_projects, count=lambda: 99)["count"] == 99


@pytest.mark.parametrize("limit", ["0", "501", "-1", "x", "1.5", "٣", "9" * 5000])
def test_a_limit_out_of_range_is_refused(named_projects, limit):
    with pytest.raises(InvalidInput):
        ask(f"/x/?limit={limit}", named_projects)


@pytest.mark.parametrize("cursor", ["x", "W10", "bm90IGpzb24", "W1siYSJdLGZhbHNlXQ"])
def test_a_cursor_that_is_not_ours_is_refused(named_projects, cursor):
    with pytest.raises(BadRequest):
        ask(f"/x/?cursor={cursor}", named_projects)


@pytest.mark.parametrize("values", [["x", "y"], [5, {}], [None, []], ["2026-01-01T00:00:00Z", "no id"]])
def test_a_cursor_with_values_of_other_types_is_refused(named_projects, values):
    with pytest.raises(BadRequest):
        ask(f"/x/?cursor={Cursor(values).encode()}", named_projects, ("-created_at", "-id"))


HOSTILE = {
    "an infinite number": b'[[1e999,"x"],false]',
    "a number beyond every column": b"[[1e30,1e30],false]",
    "half a character": b'[["\\ud800","x"],false]',
    "a NUL": b'[["\\u0000","\\u0000"],false]',
    "a tower of brackets": b"[" * 3000,
    "objects": b'[[{"a":1},["b"]],false]',
}


@pytest.mark.parametrize("ordering", [("name", "id"), ("-created_at", "-id")])
@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_cursor_made_to_hurt_is_refused(named_projects, ordering, raw):
    cursor = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    with pytest.raises(BadRequest):
        ask(f"/x/?cursor={cursor}", named_projects, ordering)


def test_only_listed_columns_order_a_list():
    request = Request(APIRequestFactory().get("/x/?ordering=created_by__password"))
    with pytest.raises(InvalidInput):
        ordering_of(request, {"name"}, "name")
    assert ordering_of(Request(APIRequestFactory().get("/x/?ordering=-name")), {"name"}, "id") == (
        "-name",
        "-id",
    )
