"""The data card of a version: filled by itself, with notes, as Markdown in either language."""

import pytest

from core.models import AuditEvent
from datasets.cards import card_markdown
from datasets.models import Dataset, DatasetVersion, ImportBatch
from datasets.selectors.cards import MOST_SOURCES, card_render
from tests.datasets.pictures import picture
from tests.datasets.test_versions_api import frozen

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {f"{('cat', 'dog')[i % 2]}/{i:02}.jpg": picture(i) for i in range(10)}


@pytest.fixture
def client(members, client_for):
    return client_for(members["modeler"])


@pytest.fixture
def version(client, make_dataset, run_import):
    dataset = make_dataset()
    run_import(dataset, FILES, dry_run=True)
    run_import(dataset, {**FILES, "unlabeled.jpg": picture(77)})
    return frozen(client, dataset)


def card_of(client, version):
    answer = client.get(f"/api/v1/versions/{version['id']}/card/")
    assert answer.status_code == 200, answer.content
    return answer.json()


def changed(client, version, **body):
    return client.patch(f"/api/v1/versions/{version['id']}/card/", body, format="json")


def test_a_card_fills_itself_with_sources_counts_and_the_findings_of_the_moment(client, version, run_import):
    run_import(Dataset.objects.get(), {"cat/later.jpg": picture(99)})
    card = card_of(client, version)
    (source,) = card["sources"]
    assert (source["name"], source["samples"], card["sources_count"]) == ("upload.zip", 11, 1)
    assert card["counts"]["samples"] == 10
    assert [row["name"] for row in card["classes"]] == ["cat", "dog"]
    assert {row["code"] for row in card["gaps"]} == {row["code"] for row in version["warnings"]}
    assert card["notes"] == {"licence": "", "consent": "", "intended_use": "", "known_gaps": ""}


def test_notes_are_kept_and_a_stale_one_is_refused(client, version, members, client_for):
    answer = changed(client, version, licence=" CC BY 4.0 ", revision=0)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["notes"]["licence"], answer.json()["revision"]) == ("CC BY 4.0", 1)
    stale = changed(client, version, licence="mine", revision=0)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_revision")
    assert changed(client, version, consent="all have signed").json()["notes"]["licence"] == "CC BY 4.0"
    assert AuditEvent.objects.filter(operation="datasets.card.changed").count() == 2
    assert changed(client, version, licence="x" * 201).status_code == 422
    viewer = client_for(members["viewer"])
    assert changed(viewer, version, licence="x").status_code == 403
    assert card_of(viewer, version)["notes"]["consent"] == "all have signed"


def test_markdown_is_in_the_language_of_whoever_asks_and_holds_no_markup_of_others(client, version, members):
    hostile = "<script>alert(1)</script>\n\n# top | [x](javascript:1) `y`"
    changed(client, version, known_gaps=hostile, licence="CC BY 4.0")
    url = f"/api/v1/versions/{version['id']}/card/markdown/"
    answer = client.get(url)
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/markdown")
    assert "attachment" in answer["Content-Disposition"]
    assert "# Data card" in text
    assert "| cat | 3 | 1 | 1 |" in text
    assert "CC BY 4.0" in text
    assert "<script" not in text.replace("\\<", "")
    assert "\n# top" not in text
    members["modeler"].language = "zh-Hans"
    members["modeler"].save()
    assert "# 数据卡" in client.get(url).content.decode()


def test_a_card_costs_the_same_statements_whatever_was_imported(
    client, version, django_assert_max_num_queries
):
    row = DatasetVersion.objects.select_related("dataset", "created_by").get()
    batch = ImportBatch.objects.get(result__dry_run=False)
    for number in range(60):
        batch.pk, batch.job, batch.source_name = None, None, f"{number}.zip"
        batch.id = ImportBatch._meta.pk.get_default()
        batch._state.adding = True
        batch.save()
    ImportBatch.objects.update(finished_at=row.created_at)
    with django_assert_max_num_queries(3):
        card = card_render(row)
    assert (len(card["sources"]), card["sources_count"]) == (MOST_SOURCES, 61)
    assert "11 more imports" in card_markdown(card, "en")
