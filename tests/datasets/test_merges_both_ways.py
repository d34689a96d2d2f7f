"""Merges in both directions, stopped, resumed and left undecided; with classes and samples of each side alone."""

import pytest

from core.models import Job
from datasets.models import BulkEdit, DatasetVersion, LabelClass, Sample
from datasets.selectors.lineage import base_of
from datasets.services import merge_apply, merges
from datasets.services.bulk_edits import bulk_undo
from tests.datasets.conftest import worked
from tests.datasets.merging import (
    GIVEN,
    apply_asked,
    at,
    branched,
    class_added,
    conflicts_of,
    counted,
    job_of,
    labeled,
    looked,
    merged,
)
from tests.datasets.pictures import picture
from tests.datasets.test_bulk_edits_api import edited, label_of
from tests.datasets.test_versions_api import frozen

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i) for i in range(4)}


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def filled(make_dataset, run_import):
    dataset = make_dataset()
    assert run_import(dataset, FILES).state == "succeeded"
    return dataset


@pytest.fixture
def branch(client, filled):
    return branched(client, frozen(client, filled, split=GIVEN))


def given(client, dataset):
    return frozen(client, dataset, split=GIVEN)


def name_of(dataset, sample):
    labels = at(dataset, sample).labels
    return LabelClass.objects.get(pk=labels[0]).name if labels else ""


def test_what_lost_its_label_there_is_not_removed_here(client, filled, branch):
    labeled(client, branch, at(branch, "cat/00.jpg"), "")
    edited(client, branch, action="delete", ids=[str(at(branch, "dog/01.jpg").pk)])
    merge = looked(client, filled, given(client, branch), removals=True)
    assert counted(merge["counts"], "missing_there", "removed", "conflicts") == (1, 1, 0)
    result = job_of(apply_asked(client, merge)).result
    assert counted(result, "set_aside") == (1,)
    assert Sample.objects.filter(dataset=filled, name="cat/00.jpg").exists()
    assert not Sample.objects.filter(dataset=filled, name="dog/01.jpg").exists()


def test_what_a_filter_left_out_of_the_version_is_not_removed_here(client, filled, branch):
    version = frozen(client, branch, split=GIVEN, filter={"label": label_of(branch, "cat")})
    merge = looked(client, filled, version, removals=True)
    assert counted(merge["counts"], "missing_there", "removed") == (0, 0)


def test_a_class_that_came_back_from_the_other_side_makes_no_conflict(client, filled, branch):
    class_added(client, filled, "bird")
    labeled(client, filled, at(filled, "cat/00.jpg"), "bird")
    merged(client, branch, given(client, filled))
    assert name_of(branch, "cat/00.jpg") == "bird"
    labeled(client, filled, at(filled, "cat/00.jpg"), "dog")
    edited(client, filled, action="delete", ids=[str(at(filled, "cat/02.jpg").pk)])
    labeled(client, branch, at(branch, "dog/01.jpg"), "bird")
    merge = looked(client, filled, given(client, branch))
    assert counted(merge["counts"], "conflicts", "taken", "stays", "stays_removed") == (0, 1, 1, 1)
    job_of(apply_asked(client, merge, "theirs"))
    assert (name_of(filled, "cat/00.jpg"), name_of(filled, "dog/01.jpg")) == ("dog", "bird")


def test_a_version_frozen_in_the_middle_of_a_merge_does_not_count_as_having_it(
    client, filled, branch, monkeypatch
):
    monkeypatch.setattr("datasets.services.version_walks.BATCH", 2)
    edited(client, filled, action="label", value=label_of(filled, "dog"), conditions={})
    merge = looked(client, branch, given(client, filled))
    real, calls = merge_apply._change, []

    def stopping(*args):
        calls.append(1)
        if len(calls) == 2:
            raise ValueError("a wire was cut")
        real(*args)

    monkeypatch.setattr(merge_apply, "_change", stopping)
    job_of(apply_asked(client, merge), "failed")
    half = given(client, branch)
    job_of(apply_asked(client, merge))
    back = looked(client, filled, half)
    assert back["base"]["number"] == 1
    assert counted(back["counts"], "taken") == (0,)
    assert DatasetVersion.objects.get(pk=given(client, branch)["id"]).number == half["number"] + 1
    whole = looked(client, filled, given(client, branch))
    assert whole["base"]["number"] == 2


def test_what_nobody_has_seen_is_offered_again(client, filled, branch):
    labeled(client, branch, at(branch, "cat/00.jpg"), "dog")
    version = given(client, branch)
    merge = looked(client, filled, version)
    labeled(client, filled, at(filled, "cat/00.jpg"), "")
    result = job_of(apply_asked(client, merge, "theirs")).result
    assert counted(result, "unseen", "taken") == (1, 0)
    again = looked(client, filled, version)
    assert [row["name"] for row in conflicts_of(client, again)] == ["cat/00.jpg"]
    job_of(apply_asked(client, again, "theirs"))
    assert name_of(filled, "cat/00.jpg") == "dog"
    whole = DatasetVersion.objects.get(pk=version["id"])
    assert base_of(filled, whole) == whole


def test_a_class_made_while_a_merge_is_looked_at_is_known_by_its_name(client, filled, branch, monkeypatch):
    labeled(client, branch, at(branch, "cat/00.jpg"), "dog")
    version = given(client, branch)
    real = merges.plan_theirs

    def meanwhile(*args, **named):
        class_added(client, filled, "bird")
        labeled(client, filled, at(filled, "cat/00.jpg"), "bird")
        return real(*args, **named)

    monkeypatch.setattr(merges, "plan_theirs", meanwhile)
    (row,) = conflicts_of(client, looked(client, filled, version))
    assert [one["name"] for one in row["ours"]] == ["bird"]


def test_a_merge_that_is_being_taken_back_is_not_resumed(client, filled, branch, monkeypatch, project):
    labeled(client, branch, at(branch, "cat/00.jpg"), "dog")
    merge = looked(client, filled, given(client, branch))
    answer = apply_asked(client, merge)
    monkeypatch.setattr(merge_apply, "_change", lambda *_: 1 / 0)
    worked(Job.objects.get(pk=answer.json()["job"]["id"]))
    edit = BulkEdit.objects.get(action="merge")
    read_before = merge_apply.merge_of_job(merge["id"])
    bulk_undo(actor=project.created_by, edit_id=edit.pk)
    # What was read of the edit before its lock says that it can go on.
    monkeypatch.setattr(merge_apply, "merge_of_job", lambda _: read_before)
    refused = apply_asked(client, merge)
    assert (refused.status_code, refused.json()["code"]) == (409, "merge_not_ready")
    edit.refresh_from_db()
    assert (edit.state, edit.job.kind) == ("undoing", "datasets.bulk_edit")


def test_whoever_looks_at_a_merge_later_sees_the_job_that_does_it(client, filled, branch):
    labeled(client, branch, at(branch, "cat/00.jpg"), "dog")
    merge = looked(client, filled, given(client, branch))
    assert merge["edit_job"] is None
    answer = apply_asked(client, merge)
    url = f"/api/v1/merges/{merge['id']}/"
    begun = answer.json()["job"]["id"]
    assert client.get(url).json()["edit_job"] == {"id": begun, "is_open": True}
    job_of(answer)
    assert client.get(url).json()["edit_job"] == {"id": begun, "is_open": False}


def test_the_bin_says_that_bringing_back_takes_back_a_whole_merge(client, filled, branch, project):
    edited(client, branch, action="delete", ids=[str(at(branch, "dog/01.jpg").pk)])
    merged(client, filled, given(client, branch), removals=True)
    rows = client.get(f"/api/v1/projects/{project.pk}/bin/").json()["results"]
    assert sorted((row["kind"], row["samples"]) for row in rows) == [("merge", 1), ("samples", 1)]
