"""The weekly report: figures of the manager's page, in two languages, as a table and as pages."""

import base64
import csv
import io
import re
import zlib

import pytest

from core.clock import utc_now
from labeling.models import Campaign
from labeling.reports.pages import CHINESE, LATIN, font_of
from labeling.reports.words import WORDS
from labeling.tasks import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(make_world):
    world = make_world(samples=6)
    world.campaign(name="=Round <b>1</b> & 2")
    for name in ("cat", "cat", "dog"):
        world.as_("ann").submit_next(name)
    return world


def report(world, kind, language="en"):
    return world.as_("boss").get(f"campaigns/{world.round.pk}/report/{kind}/", language=language)


def rows(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def printed(pdf):
    """The text operators of all pages."""
    streams = re.findall(rb"(?<!end)stream\s(.*?)~>\s*endstream", pdf, re.DOTALL)
    return b"".join(zlib.decompress(base64.a85decode(body)) for body in streams)


def test_both_languages_say_the_same_things():
    assert WORDS["en"].keys() == WORDS["zh-Hans"].keys()
    assert not any(font_of(word) == CHINESE for word in WORDS["en"].values())


def test_the_table_says_what_the_page_says(worked):
    page = worked.as_("boss").get(f"campaigns/{worked.round.pk}/overview/").json()
    answer = report(worked, "csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f'week-{worked.round.pk}.csv"' in answer["Content-Disposition"]
    found = {tuple(row[:3]): row[3] for row in rows(answer)[1:]}
    name = "'=Round <b>1</b> & 2"
    assert found["Summary", name, "Items"] == str(page["counts"]["total"])
    assert found["Summary", name, "Left"] == str(page["left"])
    assert found["Summary", name, "Median seconds per task"] == str(page["median_seconds"])
    assert found["Summary", name, "Expected end"] == "Too little to tell"
    assert found["Day by day", str(utc_now().date()), "Done"] == "3"
    ann = page["people"][0]
    assert found["People", "ann", "This week"] == str(ann["week"]) == "3"
    assert found["Label balance", "cat", "Samples"] == "2"


def test_no_cell_is_a_formula(worked):
    for row in rows(report(worked, "csv", "zh-Hans")):
        assert not any(cell[:1] in ("=", "+", "-", "@") for cell in row)


def test_the_pages_are_set_in_chinese_without_a_font_file(worked):
    answer = report(worked, "pdf", "zh-Hans")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert b"/STSong-Light" in answer.content
    assert b"/FontFile" not in answer.content
    english = report(worked, "pdf").content
    text = b"".join(re.findall(rb"\((.*?)\) Tj", printed(english)))
    assert b"Label balance" in text
    assert b"=Round <b>1</b> & 2" in text, "what people called it is no markup"


def test_names_that_no_font_has_are_printed_all_the_same(worked):
    Campaign.objects.update(name="北门 🦊 <img src='file:///etc/passwd'/> \x07 Жук")
    assert report(worked, "pdf").content.startswith(b"%PDF-")
    assert (font_of("Café"), font_of("北门")) == (LATIN, CHINESE)


def test_a_campaign_without_answers_has_a_report_too(world):
    for kind in ("csv", "pdf"):
        assert report(world, kind).status_code == 200
    assert report(world, "pdf", "fr").status_code == 422
    assert world.as_("ann").get(f"campaigns/{world.round.pk}/report/csv/").status_code == 403


def test_several_answers_bring_their_agreement_along(make_world):
    world = make_world(samples=2)
    world.campaign(overlap=2, consensus="majority")
    for name in ("ann", "ben"):
        for _ in range(2):
            world.as_(name).submit_next()
    settle()
    assert any(row[2] == "Agreement: same answer" and row[3] == "1.0" for row in rows(report(world, "csv")))
