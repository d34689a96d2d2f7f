"""The data card of a version: filled by itself, with notes, as Markdown in either language."""

import pytest

from core.models import AuditEvent
from datasets.cards import card_markdown
from datasets.models import Dataset, DatasetVersion, ImportBatch, Sample
from datasets.selectors.cards import MOST_SOURCES, card_render
from tests.datasets.merging import branched, merged
from tests.datasets.pictures import picture
from tests.datasets.quality.scenes import FAULTS, encoded, scene
from tests.datasets.test_bulk_edits_api import undone
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


def codes(card):
    return {row["code"] for row in card["gaps"]}


def changed(client, version, **body):
    return client.patch(f"/api/v1/versions/{version['id']}/card/", body, format="json")


def test_a_card_fills_itself_with_sources_counts_and_the_findings_of_the_moment(client, version, run_import):
    run_import(Dataset.objects.get(), {"cat/later.jpg": picture(99)})
    card = card_of(client, version)
    (source,) = card["sources"]
    assert (source["name"], source["samples"], card["sources_count"]) == ("upload.zip", 11, 1)
    assert (source["kind"], source["format"], source["by"]) == ("upload", "folder_per_class", "manager")
    assert card["counts"]["samples"] == 10
    assert [row["name"] for row in card["classes"]] == ["cat", "dog"]
    assert codes(card) == {*(row["code"] for row in version["warnings"]), "not_checked"}
    assert "class_with_few_samples" in codes(card)
    assert card["checked_at"] is None
    assert card["notes"] == {"licence": "", "consent": "", "intended_use": "", "known_gaps": ""}


def test_what_the_checks_found_is_a_gap_with_their_date(client, make_dataset, run_import, check):
    dataset = make_dataset()
    dark = FAULTS["picture_dark"](scene(90))
    turned = FAULTS["picture_turned"](scene(91))
    run_import(
        dataset,
        {f"{('cat', 'dog')[i % 2]}/{i}.jpg": encoded(scene(i)) for i in range(12)} | {"cat/d.jpg": dark},
    )
    check(dataset)
    first = card_of(client, frozen(client, dataset))
    (gap,) = [row for row in first["gaps"] if row["code"] == "picture_dark"]
    assert (gap["severity"], gap["count"]) == ("warning", 1)
    assert gap["checked_at"] == first["checked_at"] is not None
    assert not codes(first) & {"not_checked", "imported_since_checks", "checks_not_noted"}
    run_import(dataset, {"cat/dark too.jpg": FAULTS["picture_dark"](scene(92)), "cat/t.jpg": turned})
    later = card_of(client, frozen(client, dataset))
    assert [row["count"] for row in later["gaps"] if row["code"] == "imported_since_checks"] == [1]
    check(dataset)
    newest = card_of(client, frozen(client, dataset))
    assert [row["count"] for row in newest["gaps"] if row["code"] == "picture_dark"] == [2]
    assert "picture_turned" not in codes(newest), "what is only good to know is no gap"
    assert card_of(client, {"id": first["version"]}) == first


def test_copies_across_given_splits_are_no_gap_of_a_version_that_keeps_them_together(
    client, make_dataset, run_import, check
):
    dataset = make_dataset()
    files = {f"train/{('cat', 'dog')[i % 2]}/{i}.jpg": encoded(scene(i)) for i in range(12)}
    run_import(dataset, {**files, "test/cat/copy.jpg": encoded(scene(0), quality=60)})
    check(dataset)
    across = "same_looking_across_splits"
    assert across in codes(card_of(client, frozen(client, dataset, split={"strategy": "given"})))
    together = {"strategy": "random", "train": 0.5, "val": 0.25, "test": 0.25}
    for keep_alike in (True, False):
        dealt = frozen(client, dataset, split={**together, "keep_alike": keep_alike})
        assert (across in codes(card_of(client, dealt))) is not keep_alike


def test_errors_are_gaps_and_what_is_counted_is_said_once(client, make_dataset, run_import, check):
    dataset = make_dataset()
    run_import(dataset, {**{f"cat/{i}.jpg": picture(i) for i in range(5)}, "dog/alone.jpg": picture(50)})
    check(dataset)
    card = card_of(client, frozen(client, dataset, split={"strategy": "random"}))
    (gap,) = [row for row in card["gaps"] if row["code"] == "class_with_one_sample"]
    assert (gap["severity"], gap["checked_at"]) == ("error", None)
    said = [row["code"] for row in card["gaps"]]
    assert len(said) == len(set(said))


def test_a_version_of_before_the_checks_were_noted_says_so(client, version):
    DatasetVersion.objects.update(checks={})
    card = card_of(client, version)
    assert "checks_not_noted" in codes(card)
    assert "not_checked" not in codes(card)
    assert "was not noted yet" in card_markdown(card_render(DatasetVersion.objects.get()), "en")


def test_a_branch_comes_from_its_version_and_a_merge_from_another(client, version, make_dataset, run_import):
    origin = Dataset.objects.get()
    branch = branched(client, version, "second look")
    run_import(branch, {"cat/own.jpg": picture(300)})
    card = card_of(client, frozen(client, branch))
    kinds = [(row["kind"], row["name"], row["number"], row["version"]) for row in card["sources"]]
    assert kinds == [("branch", "pictures", 1, version["id"]), ("upload", "upload.zip", None, None)]
    assert (card["sources"][0]["samples"], card["sources"][0]["by"]) == (10, "modeler")
    assert card["sources_count"] == 2

    grown = frozen(client, branch)
    result = merged(client, origin, grown)
    frozen_with = frozen(client, origin)
    undone(client, result)
    for each, expected in ((frozen_with, True), (frozen(client, origin), False), (version, False)):
        sources = [row for row in card_of(client, each)["sources"] if row["kind"] == "merge"]
        assert bool(sources) is expected, each["number"]
    (source,) = [row for row in card_of(client, frozen_with)["sources"] if row["kind"] == "merge"]
    assert (source["name"], source["number"], source["version"]) == ("second look", 2, grown["id"])


def test_an_address_is_told_without_what_may_be_secret(client, version):
    url = "https://anna:secret@files.example.org:8443/sets/a.zip?signature=secret#secret"
    ImportBatch.objects.filter(result__dry_run=False).update(source={"url": url})
    (source,) = card_of(client, version)["sources"]
    assert (source["kind"], source["name"]) == ("url", "files.example.org/sets/a.zip")
    ImportBatch.objects.update(source={"url": "https://[half"}, source_name="half.zip")
    assert card_of(client, version)["sources"][0]["name"] == "half.zip"


@pytest.mark.parametrize(("source", "kind"), [({"s3": {}}, "bucket"), ({"sql": {}}, "query")])
def test_each_way_of_import_has_its_kind(client, version, source, kind):
    ImportBatch.objects.update(source={**source, "upload_id": "x"})
    assert card_of(client, version)["sources"][0]["kind"] == kind


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
    assert "| upload | upload.zip | folder_per_class | 11 |" in text
    assert "- The data had not been checked." in text
    assert "CC BY 4.0" in text
    assert "<script" not in text.replace("\\<", "")
    assert "\n# top" not in text
    members["modeler"].language = "zh-Hans"
    members["modeler"].save()
    chinese = client.get(url).content.decode()
    assert "# 数据卡" in chinese
    assert "- 数据未经检查。" in chinese


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
    with django_assert_max_num_queries(4):
        card = card_render(row)
    assert (len(card["sources"]), card["sources_count"]) == (MOST_SOURCES, 61)
    assert "11 more imports" in card_markdown(card, "en")


def test_yes_and_no_of_a_table_are_words_and_a_class_of_that_name_is_not(version):
    card = card_render(DatasetVersion.objects.get())
    values = [{"id": name, "name": name, "train": 1, "val": 0, "test": 0} for name in ("true", "false")]
    named = [{"id": "0", "name": "true", "train": 1, "val": 0, "test": 0}]
    assert "| yes | 1 | 0 | 0 |\n| no | 1 |" in card_markdown({**card, "classes": values}, "en")
    assert "| 是 | 1 | 0 | 0 |\n| 否 | 1 |" in card_markdown({**card, "classes": values}, "zh-hans")
    assert "| true | 1 |" in card_markdown({**card, "classes": named}, "en")


def test_samples_without_a_label_are_a_gap_only_where_they_were_frozen(client, version):
    assert "unlabeled" not in codes(card_of(client, version))
    assert "unlabeled" not in {row["code"] for row in version["warnings"]}
    whole = frozen(client, Dataset.objects.get(), filter={"state": "all"}, split={"strategy": "random"})
    (gap,) = [row for row in card_of(client, whole)["gaps"] if row["code"] == "unlabeled"]
    assert gap["count"] == 1


def test_a_version_of_before_says_no_more_of_samples_that_it_has_not(client, version):
    warnings = [*version["warnings"], {"code": "unlabeled", "severity": "warning", "count": 7, "params": {}}]
    DatasetVersion.objects.update(warnings=warnings)
    assert "unlabeled" not in codes(card_of(client, version))
    assert client.get(f"/api/v1/versions/{version['id']}/").json()["warnings"] == version["warnings"]
    DatasetVersion.objects.update(filter={"state": "labeled,draft"})
    assert "unlabeled" in codes(card_of(client, version))


def test_classes_that_training_or_the_test_never_sees_are_gaps_by_name(client, make_dataset, run_import):
    dataset = make_dataset()
    run_import(dataset, {**FILES, **{f"cross/{i}.jpg": picture(200 + i) for i in range(3)}})
    Sample.objects.filter(name__startswith="cat").update(split="train")
    Sample.objects.filter(name__startswith="dog").update(split="train")
    Sample.objects.filter(name__startswith="cross").update(split="test")
    card = card_of(client, frozen(client, dataset, split={"strategy": "given"}))
    gaps = {row["code"]: row for row in card["gaps"]}
    unseen, untested = gaps["class_not_in_training"], gaps["class_not_in_test"]
    assert (unseen["severity"], unseen["count"]) == ("warning", 1)
    assert [row["name"] for row in unseen["classes"]] == ["cross"]
    assert (untested["severity"], [row["name"] for row in untested["classes"]]) == ("info", ["cat", "dog"])
    said = {
        language: card_markdown(card_render(DatasetVersion.objects.get()), language)
        for language in ("en", "zh")
    }
    assert "- Training never sees: cross." in said["en"]
    assert "- The test part has none of: cat, dog." in said["en"]
    assert "- 训练集中没有：cross。" in said["zh"]
    assert "- 测试集中没有：cat、dog。" in said["zh"]


def test_a_version_whose_parts_have_every_class_or_no_test_part_has_no_such_gap(client, version):
    assert not codes(card_of(client, version)) & {"class_not_in_training", "class_not_in_test"}
    whole = frozen(client, Dataset.objects.get(), split={"strategy": "given"})
    assert whole["counts"]["test"] == 0
    assert not codes(card_of(client, whole)) & {"class_not_in_training", "class_not_in_test"}
