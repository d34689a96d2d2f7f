"""The administration pages: useful to managers, and nobody grants what they do not hold."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from core.admin.base import ScopedAdmin
from core.clock import utc_now
from core.jobs.kinds import JOB_KINDS, JobKind
from core.models import AuditEvent, Job, Membership, Project, User
from core.roles import ROLES
from core.services import audit, projects
from tests.core.api.test_projects_api import granted
from tests.factories import PASSWORD, member_add, project_make, user_make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(db):
    cache.clear()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def staff(project):
    """A manager of one project who may open the administration."""
    return member_add(project, user_make("staff", is_staff=True), "manager")


def test_the_menu_is_in_english():
    plurals = {str(model._meta.verbose_name_plural) for model in admin.site._registry}
    assert [name for name in plurals if re.search(r"(ch|sh|s|x|[^aeiou]y)s$", name)] == []


PAGES = ["project", "membership", "job", "auditevent", "blob", "user"]


@pytest.mark.parametrize("page", PAGES)
def test_a_site_administrator_opens_every_page(site_admin, project, page):
    assert signed_in(site_admin).get(f"/admin/core/{page}/").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_manager_opens_what_concerns_projects_only(staff, page):
    expected = 403 if page in ("blob", "user") else 200
    assert signed_in(staff).get(f"/admin/core/{page}/").status_code == expected


@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_opens_anything(members, page):
    idle = user_make("idle", is_staff=True)
    assert signed_in(idle).get(f"/admin/core/{page}/").status_code == 403
    for person in members.values():
        assert signed_in(person).get(f"/admin/core/{page}/").status_code == 302


def test_a_manager_sees_rows_of_their_own_projects_only(staff, project):
    other = project_make("Secret project")
    Job.objects.create(kind="secret.job", queue="short", project=other)
    with transaction.atomic():
        audit.record(staff, "core.secret.done", other, project=other)
    client = signed_in(staff)
    for page in ("", "core/project/", "core/membership/", "core/job/", "core/auditevent/"):
        assert "ecret" not in client.get(f"/admin/{page}").content.decode()
    assert client.get(f"/admin/core/project/{other.pk}/change/").status_code == 302


def test_every_page_but_that_of_accounts_is_narrowed_to_what_its_reader_manages():
    pages = {model.__name__: page for model, page in admin.site._registry.items()}
    assert {name for name, page in pages.items() if not isinstance(page, ScopedAdmin)} == {"User"}


def test_the_first_page_shows_progress_jobs_failures_and_storage(site_admin, project):
    Job.objects.create(
        kind="datasets.import", queue="import", project=project, state="failed", finished_at=utc_now(),
        error_code="bad_archive", error_detail="the archive is cut off",
    )  # fmt: skip
    text = signed_in(site_admin).get("/admin/").content.decode()
    for words in ("Labeling progress", "Storage used", "the archive is cut off", "Birds", "<canvas"):
        assert words in text


@pytest.mark.parametrize(("language", "words"), [("en", "Labeling progress"), ("zh-Hans", "标注进度")])
def test_the_administration_speaks_its_readers_language(site_admin, project, language, words):
    site_admin.language = language
    site_admin.save()
    assert words in signed_in(site_admin).get("/admin/").content.decode()


def as_sent(row: dict) -> dict:
    return {name: value for name, value in row.items() if value is not None}


class TestNobodyGrantsWhatTheyDoNotHold:
    FIELDS = ["is_superuser", "is_staff", "is_active", "password", "groups", "user_permissions", "username"]

    @pytest.mark.parametrize("field", FIELDS)
    def test_staff_cannot_write_any_field_of_any_account(self, staff, site_admin, field):
        client = signed_in(staff)
        for target in (staff, site_admin, user_make("third")):
            before = User.objects.filter(pk=target.pk).values().get()
            url = f"/admin/core/user/{target.pk}/"
            assert client.post(f"{url}change/", {**as_sent(before), field: "on"}).status_code == 403
            assert client.post(f"{url}password/", {"password1": "x", "password2": "x"}).status_code == 403
            assert client.post(f"{url}delete/", {"post": "yes"}).status_code == 403
            assert User.objects.filter(pk=target.pk).values().get() == before
        assert client.post("/admin/core/user/add/", {"username": "evil"}).status_code == 403

    def test_django_permissions_given_to_staff_open_nothing(self, members):
        from django.contrib.auth.models import Permission

        idle = user_make("idle", is_staff=True)
        idle.user_permissions.set(Permission.objects.all())
        client = signed_in(User.objects.get(pk=idle.pk))
        for page in PAGES:
            assert client.get(f"/admin/core/{page}/").status_code == 403

    def test_a_manager_gives_roles_in_their_own_project_through_the_service(self, staff, project, user):
        client = signed_in(staff)
        body = {"user": str(user.pk), "project": str(project.pk), "role": "reviewer"}
        assert client.post("/admin/core/membership/add/", body).status_code == 302
        assert granted(user, project) == ROLES["reviewer"]
        member = Membership.objects.get(user=user)
        client.post(f"/admin/core/membership/{member.pk}/change/", {"role": "viewer"})
        assert granted(user, project) == ROLES["viewer"]
        client.post(f"/admin/core/membership/{member.pk}/delete/", {"post": "yes"})
        assert granted(user, project) == set()
        assert AuditEvent.objects.filter(operation__startswith="core.member.").count() == 3

    def test_a_manager_gives_no_role_elsewhere(self, staff, user):
        other = project_make("Other")
        body = {"user": str(staff.pk), "project": str(other.pk), "role": "manager"}
        signed_in(staff).post("/admin/core/membership/add/", body)
        assert granted(staff, other) == set()

    def test_the_last_manager_is_not_removed_here_either(self, project, site_admin):
        member = Membership.objects.get(project=project)
        client = signed_in(site_admin)
        url = f"/admin/core/membership/{member.pk}/"
        answer = client.post(f"{url}delete/", {"post": "yes"}, follow=True)
        assert "needs at least one manager" in answer.content.decode()
        assert "successfully" not in answer.content.decode()
        client.post(f"{url}change/", {"role": "viewer"}, follow=True)
        action = {"action": "delete_selected", "_selected_action": [str(member.pk)], "post": "yes"}
        client.post("/admin/core/membership/", action)
        member.refresh_from_db()
        assert member.role == "manager"
        assert granted(project.created_by, project) == ROLES["manager"]

    def test_a_refused_addition_says_so(self, project, site_admin, user):
        user.is_active = False
        user.save()
        body = {"user": str(user.pk), "project": str(project.pk), "role": "viewer"}
        assert signed_in(site_admin).post("/admin/core/membership/add/", body).status_code == 200
        assert not Membership.objects.filter(user=user).exists()


def test_administrators_make_and_change_accounts_with_a_trace(site_admin):
    client = signed_in(site_admin)
    body = {
        "username": "fresh",
        "password1": "a long enough one",
        "password2": "a long enough one",
        "usable_password": "true",
    }
    assert client.post("/admin/core/user/add/", body).status_code == 302
    made = User.objects.get(username="fresh")
    assert made.check_password("a long enough one")
    body = {"username": "fresh", "display_name": "F", "language": "en", "theme": "system", "is_active": "on"}
    assert client.post(f"/admin/core/user/{made.pk}/change/", body).status_code == 302
    made.refresh_from_db()
    assert made.display_name == "F"
    assert AuditEvent.objects.filter(operation__in=("core.user.created", "core.user.changed")).count() == 2


def test_nobody_loses_their_own_rights_by_mistake(site_admin):
    body = {"username": "site-admin", "display_name": "", "language": "en", "theme": "system"}
    signed_in(site_admin).post(f"/admin/core/user/{site_admin.pk}/change/", body)
    site_admin.refresh_from_db()
    assert site_admin.is_superuser
    assert site_admin.is_active


def test_a_project_is_changed_through_its_service(staff, project):
    client, url = signed_in(staff), f"/admin/core/project/{project.pk}/change/"
    client.post(url, {"name": "Cats", "description": "", "template": ""})
    client.post(url, {"name": " ", "description": "x", "template": ""})
    project.refresh_from_db()
    assert (project.name, project.description) == ("Cats", "")
    assert AuditEvent.objects.get(operation="core.project.changed").actor_name == "staff"
    Project.objects.update(deleted_at=utc_now())
    assert (
        signed_in(user_make("root", is_staff=True, is_superuser=True)).post(url, {"name": "X"}).status_code
        == 403
    )


def test_a_deleted_project_comes_back_from_the_list(site_admin, staff, project):
    projects.project_delete(actor=staff, project=project)
    action = {"action": "restore", "_selected_action": [str(project.pk)]}
    answer = signed_in(site_admin).post("/admin/core/project/", action, follow=True)
    assert "1 project is back" in answer.content.decode()
    project.refresh_from_db()
    assert project.deleted_at is None
    assert AuditEvent.objects.get(operation="core.project.restored").actor_name == "site-admin"
    again = signed_in(site_admin).post("/admin/core/project/", action, follow=True)
    assert "0 projects are back" in again.content.decode()


def test_who_manages_it_brings_no_project_back_and_nobody_once_its_data_goes(site_admin, staff, project):
    assert "Bring the selected" not in signed_in(staff).get("/admin/core/project/").content.decode()
    action = {"action": "restore", "_selected_action": [str(project.pk)]}
    long_ago = utc_now() - timedelta(days=settings.STUDIO_BIN_DAYS, minutes=1)
    Project.objects.update(deleted_at=long_ago)
    signed_in(staff).post("/admin/core/project/", action, follow=True)
    answer = signed_in(site_admin).post("/admin/core/project/", action, follow=True).content.decode()
    assert "too late" in answer
    project.refresh_from_db()
    assert project.deleted_at == long_ago


def test_jobs_are_cancelled_from_the_list(staff, project, monkeypatch):
    monkeypatch.setitem(JOB_KINDS, "x", JobKind("x", "short", lambda ctx: None))
    job = Job.objects.create(
        kind="x", queue="short", project=project, progress_total=5, progress_unit="files"
    )
    action = {"action": "cancel", "_selected_action": [str(job.pk)]}
    client = signed_in(staff)
    assert "0 / 5 files" in client.get("/admin/core/job/").content.decode()
    assert "1 job asked to stop" in client.post("/admin/core/job/", action, follow=True).content.decode()
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert "already ended" in client.post("/admin/core/job/", action, follow=True).content.decode()


def test_records_are_read_only(site_admin, project):
    job = Job.objects.create(kind="x", queue="short", project=project)
    client = signed_in(site_admin)
    assert client.get(f"/admin/core/job/{job.pk}/change/").status_code == 200
    for url in (f"job/{job.pk}/change/", f"job/{job.pk}/delete/", "job/add/", "auditevent/add/", "blob/add/"):
        assert client.post(f"/admin/core/{url}", {"post": "yes"}).status_code == 403


def test_signing_in_to_the_administration_works(site_admin):
    answer = Client().post("/admin/login/?next=/admin/", {"username": "site-admin", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_guessing_at_the_administrations_door_is_counted_as_at_the_apis(site_admin, client):
    door, wrong = "/admin/login/", {"username": "site-admin", "password": "wrong"}
    for _ in range(10):
        assert client.post(door, wrong).status_code == 200
    right = {"username": "site-admin", "password": PASSWORD}
    assert "Too many attempts" in client.post(door, right).content.decode()
    assert client.post("/api/v1/auth/token/", right, content_type="application/json").status_code == 429
    assert AuditEvent.objects.filter(operation="core.session.refused").count() == 10


def test_who_is_not_of_the_staff_is_told_so_at_the_administrations_door(user, client):
    answer = client.post("/admin/login/", {"username": "somebody", "password": PASSWORD})
    assert answer.status_code == 200
    assert "staff" in answer.content.decode()


def test_ones_own_password_is_changed_in_the_studio(site_admin):
    answer = signed_in(site_admin).get("/admin/password_change/")
    assert (answer.status_code, answer["Location"]) == (302, "/me")


def test_a_password_that_an_administrator_sets_leaves_an_audit_row(site_admin, user):
    client, url = signed_in(site_admin), f"/admin/core/user/{user.pk}/password/"
    new = "a new and long one"
    refused = {"password1": new, "password2": "another", "usable_password": "true"}
    assert client.post(url, refused).status_code == 200
    assert AuditEvent.objects.count() == 0
    accepted = {"password1": new, "password2": new, "usable_password": "true", "set-password": "1"}
    assert client.post(url, accepted).status_code == 302
    row = AuditEvent.objects.get(operation="core.user.changed")
    assert (row.actor_name, row.params) == ("site-admin", {"fields": ["password"]})
    assert client.get("/admin/core/user/nobody/password/").status_code in (302, 404)
