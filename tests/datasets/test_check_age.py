"""What the checks found is told to be old once the data has changed: on their page, and on the card of a version."""

import uuid

import pytest

from datasets.cards import card_markdown
from datasets.models import BulkEdit, Cleaning, Dataset, DatasetVersion, ImportBatch, Sample, Table
from datasets.selectors.cards import card_render
from tests.datasets.cleaning.conftest import cleaned
from tests.datasets.cleaning.conftest import undone as cleaning_undone
from tests.datasets.pictures import picture
from tests.datasets.tables.test_table_versions import api, freeze, make_table
from tests.datasets.test_bulk_edits_api import edited, label_of, undone
from tests.datasets.test_data_cards import card_of
from tests.datasets.test_versions_api import frozen

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i) for i in range(12)}
__all__ = ["api", "make_table"]


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def checked(make_dataset, run_import, check):
    dataset = make_dataset()
    run_import(dataset, FILES)
    check(dataset)
    return dataset


@pytest.fixture
def is_old(members, client_for):
    """Whether the page of the checks says that the data changed since."""
    client = client_for(members["modeler"])
    return lambda dataset: client.get(f"/api/v1/datasets/{dataset.pk}/findings/").json()["changed_since"]


def relabeled(client, dataset):
    edited(
        client, dataset, action="label", value=label_of(dataset, "cat"), conditions={"filter": "label:dog"}
    )


def labeled_by_hand(client, dataset):
    row = Sample.objects.filter(dataset=dataset, name__startswith="dog").first()
    shape = {"id": str(uuid.uuid4()), "kind": "class", "label": label_of(dataset, "cat")}
    url = f"/api/v1/samples/{row.pk}/annotation/"
    body = {"revision": row.annotation_revision, "shapes": [shape], "state": "labeled"}
    answer = client.put(url, body, format="json")
    assert answer.status_code == 200, answer.content


def shrunk(client, dataset):
    return cleaned(client, dataset, ("resize", {"pixels": 32}))


@pytest.mark.parametrize("change", [relabeled, labeled_by_hand])
def test_checks_are_old_once_something_changed_until_they_ran_again(client, checked, is_old, check, change):
    assert is_old(checked) is False
    change(client, checked)
    assert is_old(checked) is True
    check(checked)
    assert is_old(checked) is False


def test_taking_a_change_back_is_a_change_too(client, checked, is_old, check):
    result = edited(client, checked, action="delete", conditions={"filter": "label:dog"})
    check(checked)
    assert is_old(checked) is False
    undone(client, result)
    assert is_old(checked) is True


def test_an_import_makes_checks_old_and_one_that_brings_nothing_does_not(checked, is_old, run_import):
    run_import(checked, FILES)
    assert is_old(checked) is False
    run_import(checked, {"cat/new.jpg": picture(70)})
    assert is_old(checked) is True


def test_an_import_is_told_whatever_became_of_it_and_a_rehearsal_is_none(checked, is_old, run_import):
    new = {"cat/new.jpg": picture(71)}
    run_import(checked, new, dry_run=True)
    assert is_old(checked) is False
    run_import(checked, new)
    # One that was stopped has brought what it had until then, and says nothing of the end.
    ImportBatch.objects.filter(dataset=checked).update(finished_at=None, result=None)
    assert is_old(checked) is True


def test_a_cleaning_that_meets_nothing_changes_nothing(client, checked, is_old):
    cleaned(client, checked, ("dedupe", {}))
    assert Cleaning.objects.get().counts.get("binned", 0) == 0
    assert is_old(checked) is False


def test_what_no_check_looks_at_and_other_data_sets_do_not(client, checked, is_old, make_dataset, run_import):
    edited(client, checked, action="tag", tags=["seen"], conditions={})
    Sample.objects.filter(dataset=checked).update(split="test")
    edited(client, checked, action="split", value="test", conditions={"filter": "label:cat"})
    assert BulkEdit.objects.get(action="split").counts.get("changed", 0) == 0
    other = make_dataset(name="other")
    run_import(other, FILES)
    labeled_by_hand(client, other)
    assert BulkEdit.objects.filter(dataset=checked).count() == 2
    assert is_old(checked) is False


def test_what_was_never_checked_has_not_changed_since(make_dataset, run_import, is_old):
    dataset = make_dataset()
    run_import(dataset, FILES)
    assert is_old(dataset) is False


def test_a_card_says_that_what_was_found_is_older_than_the_data(client, checked):
    young = card_of(client, frozen(client, checked))
    relabeled(client, checked)
    old = card_of(client, frozen(client, checked, split={"strategy": "random"}))
    assert (young["changed_since"], old["changed_since"]) == (False, True)
    assert old["checked_at"] == young["checked_at"] is not None
    first, second = (card_render(row) for row in DatasetVersion.objects.order_by("number"))
    assert "The data changed after" in card_markdown(second, "en")
    assert "检查之后数据又有改动" in card_markdown(second, "zh")
    assert "The data changed after" not in card_markdown(first, "en")


def test_a_cleaning_and_its_way_back_make_checks_old(client, checked, is_old, check):
    result = shrunk(client, checked)
    assert is_old(checked) is True
    check(checked)
    cleaning_undone(client, result)
    assert is_old(checked) is True


def test_checks_of_a_table_are_old_from_the_next_revision_on(api, make_table, check, is_old):
    dataset = make_table()
    check(dataset)
    assert is_old(dataset) is False
    answer = api.patch(f"/api/v1/datasets/{dataset.pk}/table/", {"target": 0}, format="json")
    assert answer.status_code == 200, answer.content
    assert is_old(dataset) is True
    version = freeze(api, dataset)
    assert card_render(version)["changed_since"] is True
    check(dataset)
    assert is_old(dataset) is False


def test_a_table_whose_checks_are_of_before_is_told_by_times(api, make_table, check, is_old):
    dataset = make_table()
    check(dataset)
    Table.objects.update(checked_revision=None)
    assert is_old(dataset) is False


def test_a_version_of_before_this_was_noted_says_what_it_knows(client, checked, run_import):
    run_import(checked, {"cat/new.jpg": picture(70)})
    version = frozen(client, checked)
    checks = DatasetVersion.objects.get().checks
    DatasetVersion.objects.update(checks={name: checks[name] for name in ("at", "imports_since", "findings")})
    assert card_of(client, version)["changed_since"] is True
    DatasetVersion.objects.update(checks={**checks, "imports_since": 0, "changed_since": False})
    assert card_of(client, version)["changed_since"] is False
    assert Dataset.objects.count() == 1
