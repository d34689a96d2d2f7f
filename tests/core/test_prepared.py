"""A query compiled once answers as its queryset does, for every value."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db.models import BooleanField, Value

from core.models import Project, User
from core.prepared import Prepared
from tests import factories

pytestmark = pytest.mark.django_db


def test_values_are_exchanged_and_converted():
    first, second = factories.user_make(), factories.user_make()
    for owner in (first, second):
        factories.project_make(created_by=owner)

    def mine(pk, since):
        rows = Project.objects.filter(created_by_id=pk, created_at__gt=since, deleted_at__isnull=True)
        return rows.order_by("pk").values_list("pk", "created_at", "name", "created_by__preferences")

    prepared, past = Prepared(mine, uuid.UUID, datetime), datetime(2020, 1, 1, tzinfo=UTC)
    for owner in (first, second, first):
        assert prepared.rows(owner.pk, past) == list(mine(owner.pk, past)) != []
    assert prepared.rows(first.pk, datetime.now(UTC) + timedelta(days=1)) == []
    assert prepared.rows(uuid.uuid4(), past) == []


def test_a_value_that_is_not_in_the_query_is_a_mistake():
    with pytest.raises(ValueError, match="not part"):
        Prepared(lambda pk: User.objects.values_list("pk"), uuid.UUID).rows(uuid.uuid4())


def test_a_person_by_id_is_the_person(django_assert_num_queries):
    user = factories.user_make(preferences={"grid": [1, None]})
    with django_assert_num_queries(1):
        found = User.objects.get(pk=user.pk)
    assert {f.attname: getattr(found, f.attname) for f in User._meta.concrete_fields} == {
        f.attname: getattr(user, f.attname) for f in User._meta.concrete_fields
    }
    assert found == User.objects.filter(pk=user.pk).get()
    assert not found._state.adding
    with pytest.raises(User.DoesNotExist):
        User.objects.get(pk=uuid.uuid4())
    assert User.objects.get(username=user.username) == user


def test_a_session_that_has_expired_or_gone_is_none(client):
    user = factories.user_make()
    client.force_login(user)
    key = client.session.session_key
    assert client.get("/api/v1/auth/me/").json()["username"] == user.username
    Session.objects.filter(session_key=key).update(expire_date=datetime.now(UTC) - timedelta(seconds=1))
    assert client.get("/api/v1/auth/me/").status_code == 401
    client.force_login(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/api/v1/auth/me/").status_code == 401


def test_models_and_dictionaries_come_as_the_queryset_gives_them(django_assert_num_queries):
    owner = factories.user_make(preferences={"grid": [1, None]})
    project = factories.project_make(created_by=owner)

    def made(pk):
        many = Value(True, output_field=BooleanField())
        return Project.objects.select_related("created_by").annotate(is_known=many).filter(pk=pk)

    models, rows = (
        Prepared(made, uuid.UUID),
        Prepared(lambda pk: made(pk).values("name", "is_known"), uuid.UUID),
    )
    for _ in range(2):
        with django_assert_num_queries(1):
            (found,) = models.found(project.pk)
            assert (found, found.created_by.preferences, found.is_known) == (project, owner.preferences, True)
        assert rows.found(project.pk) == [{"name": project.name, "is_known": True}]
        assert models.found(uuid.uuid4()) == rows.found(uuid.uuid4()) == []
    found.name = "another"
    found.save(update_fields=["name"])
    assert models.found(project.pk)[0].name == "another"
