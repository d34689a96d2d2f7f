"""Projects, members, invitations, activity."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from core.models import AuditEvent, Invitation, Membership, Project, ProjectUserPermission, User
from core.roles import ROLES
from core.services.audit_check import audit_check
from tests.factories import project_make, user_make

pytestmark = pytest.mark.django_db
PROJECTS = "/api/v1/projects/"


@pytest.fixture(autouse=True)
def fresh(db):
    cache.clear()


def granted(user, project) -> set[str]:
    rows = ProjectUserPermission.objects.filter(user=user, content_object=project)
    return set(rows.values_list("permission__codename", flat=True))


class TestProjects:
    def test_an_administrator_creates_and_manages_a_project(self, site_admin, client_for):
        client = client_for(site_admin)
        made = client.post(PROJECTS, {"name": " Birds ", "description": "d"}, format="json")
        assert made.status_code == 201
        body = client.get(made["Location"]).json()
        assert (body["name"], body["role"], body["counts"]["members"]) == ("Birds", "manager", 1)
        assert set(body["permissions"]) == ROLES["manager"]
        assert granted(site_admin, Project.objects.get()) == ROLES["manager"]

    def test_a_manager_may_begin_another_project_and_a_stranger_may_not(self, members, user, client_for):
        assert client_for(members["manager"]).post(PROJECTS, {"name": "x"}, format="json").status_code == 201
        for person in (user, members["modeler"], members["annotator"]):
            assert client_for(person).post(PROJECTS, {"name": "x"}, format="json").status_code == 403

    @pytest.mark.parametrize("name", ["", "   ", "x" * 201])
    def test_a_project_needs_a_name(self, site_admin, client_for, name):
        assert client_for(site_admin).post(PROJECTS, {"name": name}, format="json").status_code == 422

    def test_a_blank_name_is_refused_by_the_service_too(self, site_admin):
        from core.errors import InvalidInput
        from core.services.projects import project_create

        with pytest.raises(InvalidInput):
            project_create(actor=site_admin, name="  ")

    def test_a_closed_account_begins_nothing(self, project):
        from core.services.projects import may_create_projects

        project.created_by.is_active = False
        assert not may_create_projects(project.created_by)

    def test_people_see_their_own_projects_only(self, project, members, user, client_for):
        project_make("Other")
        for person in members.values():
            assert [p["name"] for p in client_for(person).get(PROJECTS).json()["results"]] == ["Birds"]
        assert client_for(user).get(PROJECTS).json()["results"] == []
        assert client_for(user).get(f"{PROJECTS}{project.pk}/").status_code == 404

    def test_text_looks_into_the_names(self, project, site_admin, client_for):
        client = client_for(site_admin)
        assert client.get(f"{PROJECTS}?text=bir").json()["results"][0]["name"] == "Birds"
        assert client.get(f"{PROJECTS}?text=cat").json()["results"] == []

    def test_a_page_costs_few_statements_at_any_size(
        self, site_admin, client_for, django_assert_max_num_queries
    ):
        for number in range(30):
            project_make(f"p{number}", created_by=site_admin)
        client = client_for(site_admin)
        with django_assert_max_num_queries(5):
            assert len(client.get(PROJECTS).json()["results"]) == 30

    def test_only_managers_change_and_delete(self, project, members, client_for):
        url = f"{PROJECTS}{project.pk}/"
        for role in ("modeler", "reviewer", "annotator", "viewer"):
            client = client_for(members[role])
            assert client.patch(url, {"name": "x"}, format="json").status_code == 403
            assert client.delete(url).status_code == 403
        client = client_for(members["manager"])
        assert client.patch(url, {"description": "new"}, format="json").json()["description"] == "new"
        assert client.patch(url, {"name": "Cats"}, format="json").json()["name"] == "Cats"
        assert client.delete(url).status_code == 204
        assert client.get(url).status_code == 404
        assert client.get(PROJECTS).json()["results"] == []
        assert Project.objects.get().deleted_at is not None


class TestMembers:
    def url(self, project, username=""):
        return f"{PROJECTS}{project.pk}/members/{username + '/' if username else ''}"

    @pytest.mark.parametrize("role", ROLES)
    def test_a_role_gives_exactly_its_permissions(self, project, user, client_for, role):
        client = client_for(project.created_by)
        answer = client.put(self.url(project, "somebody"), {"role": role}, format="json")
        assert (answer.status_code, answer.json()["role"]) == (200, role)
        assert granted(user, project) == ROLES[role]
        assert client.put(self.url(project, "somebody"), {"role": "viewer"}, format="json").status_code == 200
        assert granted(user, project) == ROLES["viewer"]
        assert client.delete(self.url(project, "somebody")).status_code == 204
        assert granted(user, project) == set()
        assert not Membership.objects.filter(user=user).exists()

    def test_only_managers_change_membership(self, project, members, user, client_for):
        for role in ("modeler", "reviewer", "annotator", "viewer"):
            client = client_for(members[role])
            assert (
                client.put(self.url(project, "somebody"), {"role": "viewer"}, format="json").status_code
                == 403
            )
            assert client.delete(self.url(project, "viewer")).status_code == 403
        assert client_for(user).put(self.url(project, "somebody"), {"role": "manager"}).status_code == 404

    def test_nobody_grants_what_they_do_not_hold(self, project, members, user):
        from core.errors import Forbidden
        from core.services.members import member_remove, member_set

        with pytest.raises(Forbidden):
            member_set(actor=members["modeler"], project=project, username="somebody", role="reviewer")
        with pytest.raises(Forbidden):
            member_set(actor=members["modeler"], project=project, username="manager", role="viewer")
        with pytest.raises(Forbidden):
            member_remove(actor=members["viewer"], project=project, username="modeler")
        assert granted(user, project) == set()

    def test_the_last_manager_stays(self, project, user, client_for):
        client = client_for(project.created_by)
        for answer in (
            client.put(self.url(project, "manager"), {"role": "viewer"}, format="json"),
            client.delete(self.url(project, "manager")),
        ):
            assert (answer.status_code, answer.json()["code"]) == (409, "last_manager")
        client.put(self.url(project, "somebody"), {"role": "manager"}, format="json")
        assert client.delete(self.url(project, "manager")).status_code == 204

    def test_an_unknown_person_or_role_is_refused(self, project, client_for):
        client = client_for(project.created_by)
        assert client.put(self.url(project, "ghost"), {"role": "viewer"}, format="json").status_code == 404
        assert client.delete(self.url(project, "ghost")).status_code == 404
        assert client.put(self.url(project, "manager"), {"role": "emperor"}, format="json").status_code == 422

    def test_the_service_knows_no_other_roles(self, project, user):
        from core.errors import InvalidInput
        from core.services.members import member_set

        with pytest.raises(InvalidInput):
            member_set(actor=project.created_by, project=project, username="somebody", role="emperor")

    def test_a_deleted_project_takes_no_members(self, project, user):
        from core.errors import NotFound
        from core.services.members import member_set
        from core.services.projects import project_delete

        project_delete(actor=project.created_by, project=project)
        with pytest.raises(NotFound):
            member_set(actor=project.created_by, project=project, username="somebody", role="viewer")

    def test_members_are_listed_to_those_who_read_the_project(self, project, members, client_for):
        names = {
            m["username"] for m in client_for(members["viewer"]).get(self.url(project)).json()["results"]
        }
        assert names == set(ROLES)
        assert client_for(members["annotator"]).get(self.url(project)).status_code == 403


class TestInvitations:
    def invite(self, client, project, *people):
        return client.post(f"{PROJECTS}{project.pk}/invitations/", {"people": list(people)}, format="json")

    def test_five_people_come_in_by_their_links(self, project, client_for):
        roles = list(ROLES)
        people = [
            {"username": f"new{n}", "role": role, "display_name": f"N{n}"} for n, role in enumerate(roles)
        ]
        invited = self.invite(client_for(project.created_by), project, *people)
        assert invited.status_code == 201
        for number, one in enumerate(invited.json()):
            secret = one["link"].removeprefix("/invite/")
            guest = APIClient()
            shown = guest.get(f"/api/v1/auth/invitations/{secret}/").json()
            assert (shown["project_name"], shown["username"]) == ("Birds", f"new{number}")
            body = {"password": "a long enough one"}
            me = guest.post(f"/api/v1/auth/invitations/{secret}/", body, format="json")
            assert me.status_code == 201
            assert me.json()["memberships"][0]["role"] == roles[number]
            assert guest.get("/api/v1/auth/me/").json()["display_name"] == f"N{number}"
            assert granted(User.objects.get(username=f"new{number}"), project) == ROLES[roles[number]]
            assert guest.post(f"/api/v1/auth/invitations/{secret}/", body, format="json").status_code == 404
        assert secret not in str(list(Invitation.objects.values()))

    def test_somebody_with_an_account_is_a_member_at_once(self, project, user, client_for):
        answer = self.invite(
            client_for(project.created_by), project, {"username": "somebody", "role": "viewer"}
        )
        assert answer.json() == [{"username": "somebody", "role": "viewer", "link": None}]
        assert granted(user, project) == ROLES["viewer"]

    def test_a_new_invitation_ends_the_one_before(self, project, client_for):
        client, person = client_for(project.created_by), {"username": "new", "role": "viewer"}
        first, second = (self.invite(client, project, person).json()[0]["link"] for _ in range(2))
        assert APIClient().get(f"/api/v1/auth/invitations/{first[8:]}/").status_code == 404
        assert APIClient().get(f"/api/v1/auth/invitations/{second[8:]}/").status_code == 200

    def test_a_link_dies_with_the_rights_of_whoever_made_it(self, project, user, client_for):
        client = client_for(project.created_by)
        client.put(f"{PROJECTS}{project.pk}/members/somebody/", {"role": "manager"}, format="json")
        link = self.invite(client_for(user), project, {"username": "new", "role": "modeler"}).json()[0][
            "link"
        ]
        client.put(f"{PROJECTS}{project.pk}/members/somebody/", {"role": "viewer"}, format="json")
        answer = APIClient().post(
            f"/api/v1/auth/invitations/{link[8:]}/", {"password": "a long enough one"}, format="json"
        )
        assert answer.status_code == 404
        assert not User.objects.filter(username="new").exists()

    def test_a_name_that_was_taken_meanwhile_and_a_weak_password_leave_the_link(self, project, client_for):
        link = self.invite(
            client_for(project.created_by), project, {"username": "new", "role": "viewer"}
        ).json()[0]
        url = f"/api/v1/auth/invitations/{link['link'][8:]}/"
        assert APIClient().post(url, {"password": "weak"}, format="json").status_code == 422
        user_make("new")
        answer = APIClient().post(url, {"password": "a long enough one"}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (409, "invitation_used")

    def test_all_or_none_are_invited(self, project, client_for):
        client = client_for(project.created_by)
        twice = [{"username": "a", "role": "viewer"}] * 2
        assert self.invite(client, project, *twice).status_code == 422
        assert self.invite(client, project).status_code == 422
        bad = [{"username": "a", "role": "viewer"}, {"username": "b c", "role": "viewer"}]
        assert self.invite(client, project, *bad).status_code == 422
        assert Invitation.objects.count() == 0

    def test_a_crowd_is_too_many(self, project, client_for):
        people = [{"username": f"p{n}", "role": "viewer"} for n in range(201)]
        assert self.invite(client_for(project.created_by), project, *people).status_code == 422

    def test_a_link_accepted_by_two_at_once_makes_one_account(self, project, client_for, monkeypatch):
        from core.errors import NotFound
        from core.services import invitations

        link = self.invite(
            client_for(project.created_by), project, {"username": "new", "role": "viewer"}
        ).json()[0]
        secret = link["link"][8:]
        found = invitations.invitation_for(secret)
        invitations.invitation_accept(secret, password="a long enough one")
        monkeypatch.setattr(invitations, "invitation_for", lambda _: found)
        with pytest.raises(NotFound):
            invitations.invitation_accept(secret, password="a long enough one")


class TestActivity:
    def test_what_was_done_is_listed_and_filtered(self, project, members, user, client_for):
        client = client_for(members["manager"])
        client.patch(f"{PROJECTS}{project.pk}/", {"name": "Cats"}, format="json")
        client.put(f"{PROJECTS}{project.pk}/members/somebody/", {"role": "viewer"}, format="json")
        url = f"{PROJECTS}{project.pk}/activity/"
        rows = client_for(members["viewer"]).get(url).json()["results"]
        assert [row["operation"] for row in rows] == ["core.member.set", "core.project.changed"]
        assert "address" not in rows[0]
        for query, count in (
            ("operation=core.member.", 1), ("operation=core.project.changed", 1), ("operation=core.project", 0),
            ("actor=manager", 2), ("actor=nobody", 0), ("object_type=project", 1), (f"object_id={project.pk}", 1),
        ):  # fmt: skip
            assert len(client.get(f"{url}?{query}").json()["results"]) == count, query
        assert client.get(f"{url}?operation={'x' * 101}").status_code == 422
        assert (
            client.get(f"{url}?actor__password__startswith=a").json()["results"]
            == client.get(url).json()["results"]
        )
        assert client_for(user).patch(f"{PROJECTS}{project.pk}/", {"name": "x"}).status_code == 403
        assert client_for(members["annotator"]).get(url).status_code == 403

    def test_the_chain_of_everything_above_is_whole(self, project, client_for):
        client = client_for(project.created_by)
        for number in range(3):
            client.patch(f"{PROJECTS}{project.pk}/", {"name": f"n{number}"}, format="json")
        assert (audit_check().rows, audit_check().problem) == (AuditEvent.objects.count(), "")
