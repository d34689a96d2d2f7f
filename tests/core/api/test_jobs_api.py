"""Jobs and their streams, as the people who wait see them."""

import asyncio
import json
import uuid

import pytest
from django.db import connection
from django.test import AsyncClient

from core.api import streams
from core.clock import utc_now
from core.jobs import feed, lease
from core.jobs.context import JobContext
from core.jobs.kinds import JOB_KINDS, JobKind
from core.models import Job, JobEvent, Membership, User
from tests.factories import member_add, project_make, user_make

pytestmark = pytest.mark.django_db
URL = "/api/v1/jobs/"


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    monkeypatch.setitem(JOB_KINDS, "test.sleep", JobKind("test.sleep", "short", lambda ctx: None))


def job_make(project, actor=None, **fields) -> Job:
    return Job.objects.create(kind="test.sleep", queue="short", project=project, created_by=actor, **fields)


class TestJobs:
    def test_readers_see_the_jobs_of_their_projects(self, project, members, user, client_for):
        job = job_make(project)
        job_make(project_make("Other"))
        for role in ("manager", "modeler", "reviewer", "viewer"):
            client = client_for(members[role])
            assert [j["id"] for j in client.get(URL).json()["results"]] == [str(job.pk)]
            assert client.get(f"{URL}{job.pk}/").json()["state"] == "queued"
        for person in (user, members["annotator"]):
            assert client_for(person).get(URL).json()["results"] == []
            assert client_for(person).get(f"{URL}{job.pk}/").status_code == 404

    def test_the_list_is_filtered_by_names_only(self, project, members, client_for):
        job = job_make(project)
        job_make(project, state="failed", finished_at=utc_now())
        client = client_for(members["viewer"])
        for query, count in (
            ("state=queued", 1), ("state=queued,failed", 2), (f"project={project.pk}", 2), ("kind=test.sleep", 2),
            (f"project={uuid.uuid4()}", 0), ("kind=x", 0), ("created_by__password__startswith=a", 2),
        ):  # fmt: skip
            assert len(client.get(f"{URL}?{query}").json()["results"]) == count, query
        assert client.get(f"{URL}?state=sleeping").status_code == 422
        assert client.get(f"{URL}?project=1").status_code == 422
        assert str(job.pk)

    def test_whoever_started_it_and_managers_cancel(self, project, members, site_admin, client_for):
        for person, status in (
            (members["modeler"], 200), (members["manager"], 200), (site_admin, 200), (members["viewer"], 403),
            (members["annotator"], 404),
        ):  # fmt: skip
            job = job_make(project, members["modeler"])
            assert client_for(person).post(f"{URL}{job.pk}/cancel/").status_code == status
            job.refresh_from_db()
            assert job.state == ("cancelled" if status == 200 else "queued")

    def test_an_ended_job_cannot_be_cancelled(self, project, members, client_for):
        job = job_make(project, state="failed", finished_at=utc_now())
        answer = client_for(members["manager"]).post(f"{URL}{job.pk}/cancel/")
        assert (answer.status_code, answer.json()["code"]) == (409, "job_has_ended")

    def test_a_job_without_a_project_is_the_administrators(self, user, site_admin, client_for):
        job = job_make(None, user)
        assert client_for(user).get(f"{URL}{job.pk}/").status_code == 404
        assert client_for(site_admin).post(f"{URL}{job.pk}/cancel/").status_code == 200


def signed_in(user: User | None) -> AsyncClient:
    client = AsyncClient()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


async def in_thread(function, *args) -> None:
    """Run in a thread of its own, which hands its database connection back."""

    def run() -> None:
        try:
            function(*args)
        finally:
            connection.close()

    await asyncio.to_thread(run)


def follow(
    user: User | None, path: str, *, until: int = 1000, after=None, **headers
) -> tuple[int, list[dict]]:
    """Open a stream; read until it ends or so many events have come. `after(n)` runs once n have."""

    client = signed_in(user)

    async def read() -> tuple[int, list[dict]]:
        answer = await client.get(path, headers=headers)
        if not answer.streaming:
            return answer.status_code, [answer.json()]
        events, text = [], b""
        async for piece in answer.streaming_content:
            text += piece
            while b"\n\n" in text:
                block, _, text = text.partition(b"\n\n")
                events += parsed(block)
            if len(events) >= until:
                break
            if after is not None and events:
                await in_thread(after, len(events))
        answer.close()
        return answer.status_code, events

    return asyncio.run(asyncio.wait_for(read(), 20))


def parsed(block: bytes) -> list[dict]:
    fields = dict(line.split(": ", 1) for line in block.decode().splitlines() if not line.startswith(":"))
    if "event" not in fields:
        return []
    return [{"id": fields.get("id"), "event": fields["event"], "data": json.loads(fields["data"])}]


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(feed, "POLL_S", 0.02)
    monkeypatch.setattr(streams, "_newest", streams._Newest())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quick")
class TestStreams:
    @pytest.fixture
    def viewer(self, project):
        return member_add(project, user_make("viewer"), "viewer")

    @pytest.fixture
    def context(self, project):
        job = job_make(project)
        return JobContext(lease.claim(job.pk, "w"))

    def end(self, context):
        with context.fenced() as job:
            lease.finish(job, Job.State.SUCCEEDED, result={"answer": 42})

    def test_a_stream_tells_everything_and_ends_with_the_job(self, viewer, context):
        context.log("one")
        context.metric("loss", 1, 0.5)
        self.end(context)
        status, events = follow(viewer, f"{URL}{context.job_id}/events/")
        assert status == 200
        assert [e["event"] for e in events] == ["state", "log", "metric", "state", "state"]
        assert events[1]["data"]["text"] == "one"
        assert events[-1]["data"]["current"]["result"] == {"answer": 42}

    def test_a_long_story_is_told_without_pauses(self, viewer, context, monkeypatch):
        monkeypatch.setattr(feed, "BATCH", 10)
        monkeypatch.setattr(streams, "RECHECK_S", 60.0)
        for number in range(35):
            context.log(str(number))
        self.end(context)
        _, events = follow(viewer, f"{URL}{context.job_id}/events/")
        assert [e["data"]["text"] for e in events if e["event"] == "log"] == [str(n) for n in range(35)]

    def test_the_end_of_a_job_is_told_once_where_the_stream_goes_on(self, project, context):
        self.end(context)
        reader = feed.Reader(feed.Topics(jobs=frozenset({context.job_id})), 0, str)
        assert [row.type for row in reader.read()[0]] == ["state", "state", "state"]
        assert reader.read() == ([], True)

    def test_a_stream_goes_on_after_the_last_event_it_showed(self, viewer, context):
        for number in range(4):
            context.log(str(number))
        self.end(context)
        path = f"{URL}{context.job_id}/events/"
        _, events = follow(viewer, path)
        third = next(e for e in events if e["data"].get("text") == "2")
        _, rest = follow(viewer, path, **{"Last-Event-ID": third["id"]})
        assert [e["data"].get("text") for e in rest if e["event"] == "log"] == ["3"]

    def test_what_happens_later_arrives_while_the_stream_is_open(self, viewer, context):
        steps = iter([lambda: context.log("later"), lambda: self.end(context)])

        def after(_):
            next(steps, lambda: None)()

        _, events = follow(viewer, f"{URL}{context.job_id}/events/", after=after)
        assert [e["event"] for e in events] == ["state", "log", "state", "state"]

    def test_a_stream_ends_when_the_right_to_see_ends(self, viewer, context, monkeypatch):
        monkeypatch.setattr(streams, "RECHECK_S", 0.05)
        from core.services.members import grants_write

        def after(_):
            Membership.objects.filter(user=viewer).delete()
            grants_write(context_project(context), viewer, None)

        _, events = follow(viewer, f"{URL}{context.job_id}/events/", after=after)
        assert [e["event"] for e in events] == ["state"]

    def test_a_stream_ends_when_the_account_is_closed(self, viewer, context, monkeypatch):
        monkeypatch.setattr(streams, "RECHECK_S", 0.05)
        _, events = follow(
            viewer,
            f"{URL}{context.job_id}/events/",
            after=lambda _: User.objects.filter(pk=viewer.pk).update(is_active=False),
        )
        assert [e["event"] for e in events] == ["state"]

    def test_a_silent_stream_says_that_it_lives(self, viewer, context, monkeypatch):
        monkeypatch.setattr(streams, "HEARTBEAT_S", 0.05)

        client = signed_in(viewer)

        async def read() -> bytes:
            answer = await client.get(f"{URL}{context.job_id}/events/")
            text = b""
            async for piece in answer.streaming_content:
                text += piece
                if b": heartbeat" in text:
                    break
            answer.close()
            return text

        assert b": heartbeat\n\n" in asyncio.run(asyncio.wait_for(read(), 20))

    def test_strangers_and_visitors_get_no_stream(self, context):
        path = f"{URL}{context.job_id}/events/"
        assert follow(None, path)[0] == 401
        assert follow(user_make("stranger"), path)[0] == 404

    def test_a_project_is_followed_from_now_on(self, viewer, project, context):
        context.log("before")
        client = signed_in(viewer)

        async def read() -> list[dict]:
            answer = await client.get(f"/api/v1/events/?topics=project:{project.pk},job:{context.job_id}")
            events, begun = [], False
            async for piece in answer.streaming_content:
                if not begun:
                    begun = True
                    await in_thread(lambda: (context.log("after"), context.progress(3, 3, "files")))
                for block in piece.split(b"\n\n"):
                    events += parsed(block)
                if len(events) >= 2:
                    break
            answer.close()
            return events

        events = asyncio.run(asyncio.wait_for(read(), 20))
        assert [e["event"] for e in events] == ["log", "progress"]
        assert events[1]["data"]["project"] == str(project.pk)

    def test_who_may_not_read_the_project_may_not_follow_it(self, project, viewer):
        annotator = member_add(project, user_make("annotator"), "annotator")
        assert follow(annotator, f"/api/v1/events/?topics=project:{project.pk}")[0] == 403
        assert follow(user_make("stranger"), f"/api/v1/events/?topics=project:{project.pk}")[0] == 404

    @pytest.mark.parametrize(
        "topics", ["", "x:1", "job:1", "project", ",".join(f"job:{uuid.UUID(int=at)}" for at in range(51))]
    )
    def test_topics_must_make_sense(self, viewer, topics):
        assert follow(viewer, f"/api/v1/events/?topics={topics}")[0] == 422

    def test_only_get_opens_a_stream(self, viewer, context):
        async def post() -> int:
            client = AsyncClient()
            return (await client.post(f"{URL}{context.job_id}/events/")).status_code

        assert asyncio.run(post()) == 405

    def test_a_late_smaller_id_is_not_lost(self, project, viewer):
        job = job_make(project)
        reader = feed.Reader(feed.Topics(jobs=frozenset({job.pk})), 0, dict)
        now = utc_now()
        first = JobEvent.objects.create(job=job, attempt=1, seq=1, type="log", payload={"text": "1"}, at=now)
        JobEvent.objects.create(
            pk=first.pk + 5, job=job, attempt=1, seq=3, type="log", payload={"text": "3"}, at=now
        )
        assert [row.data["text"] for row in reader.read()[0]] == ["1", "3"]
        JobEvent.objects.create(
            pk=first.pk + 2, job=job, attempt=1, seq=2, type="log", payload={"text": "2"}, at=now
        )
        assert [row.data["text"] for row in reader.read()[0]] == ["2"]
        assert reader.read() == ([], False)

    def test_many_streams_ask_for_the_newest_event_once(self, monkeypatch):
        asked = []
        monkeypatch.setattr(feed, "newest_id", lambda: asked.append(1) or 7)
        newest = streams._Newest()

        async def all_of_them() -> list[int]:
            return await asyncio.gather(*(newest.get() for _ in range(20)))

        assert asyncio.run(all_of_them()) == [7] * 20
        assert len(asked) == 1


def context_project(context):
    return Job.objects.get(pk=context.job_id).project
