"""Relations between spans in campaigns: checked when handed in, compared, voted on, and never dropped in silence."""

import uuid
from dataclasses import replace

import pytest

from core.clock import utc_now
from datasets.models import Shape
from datasets.services.schema import schema_replace
from labeling.consensus.decide import Answer, Rule, decide
from labeling.consensus.matching import Counts, counts_by_class
from labeling.geometry.shapes import Shape as Said
from labeling.models import Annotation, Consensus, PairCount
from labeling.tasks import settle

pytestmark = pytest.mark.django_db

WORKS, KNOWS = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))


@pytest.fixture
def related(make_world):
    world = make_world("ner", samples=1)
    declare(world, [{"name": "eats", "from_classes": ["cat"], "to_classes": ["dog"]}, {"name": "sees"}])
    return world


def declare(world, relations):
    rows = [{"id": str(row.pk)} for row in world.classes.values()]
    dataset = schema_replace(
        actor=world.manager, dataset_id=world.dataset.pk, classes=rows, revision=None, relations=relations
    )
    world.dataset = dataset
    world.types = {one["name"]: one["id"] for one in dataset.relations}


def linked(span, *links):
    return {**span, "relations": [{"type": kind, "to": to["id"]} for kind, to in links]}


def pair(world, *names):
    """A cat and a dog, and relations of these names from the one to the other."""
    cat, dog = world.span(0, 3, "cat"), world.span(4, 9, "dog")
    return [linked(cat, *((world.types[name], dog) for name in names)), dog]


def test_relations_are_kept_with_their_span(related):
    related.campaign()
    ann = related.as_("ann")
    item = ann.item()
    shapes = pair(related, "eats", "sees")
    saved = ann.save(item["id"], shapes)
    assert saved.status_code == 200, saved.content
    read = ann.http.get(f"/api/v1/annotations/{saved.json()['id']}/").json()["shapes"]
    assert read[0]["relations"] == shapes[0]["relations"]
    assert "relations" not in read[1]
    first = Shape.objects.get(pk=shapes[0]["id"])
    assert first.geometry["relations"] == shapes[0]["relations"]


@pytest.mark.parametrize("state", ["draft", "submitted"])
@pytest.mark.parametrize("fault", ["to_itself", "unknown_span", "twice"])
def test_a_relation_that_leads_nowhere_is_refused_and_named(related, state, fault):
    related.campaign()
    ann = related.as_("ann")
    cat, dog = related.span(0, 3, "cat"), related.span(4, 9, "dog")
    ends = {"to_itself": [cat], "unknown_span": [related.span(0, 1)], "twice": [dog, dog]}[fault]
    cat = linked(cat, *((related.types["sees"], end) for end in ends))
    refused = ann.save(ann.item()["id"], [dog, cat], state=state)
    assert (refused.status_code, refused.json()["code"]) == (422, "relation_refused")
    params = refused.json()["params"]
    assert (params["fault"], params["shape"], params["index"]) == (fault, cat["id"], 1)
    assert not Shape.objects.exists()


def test_classes_and_types_are_asked_of_a_submission_and_not_of_a_draft(related):
    related.campaign()
    ann = related.as_("ann")
    item = ann.item()["id"]
    dog, cat = reversed(pair(related))
    wrong = [linked(dog, (related.types["eats"], cat)), cat]
    refused = ann.save(item, wrong)
    assert (refused.status_code, refused.json()["params"]["fault"]) == (422, "classes")
    draft = ann.save(item, wrong, state="draft")
    assert draft.status_code == 200, draft.content
    assert Annotation.objects.get().shapes[0]["relations"] == wrong[0]["relations"]
    strange = [linked(dog, (str(uuid.uuid4()), cat)), cat]
    refused = ann.save(item, strange, revision=1, id=draft.json()["id"])
    assert (refused.status_code, refused.json()["params"]["fault"]) == (422, "unknown_type")


@pytest.mark.parametrize(
    "raw", ["x", [1], [{}], [{"type": WORKS}], [{"type": WORKS, "to": 10**30}], {"a": 1}]
)
def test_what_is_no_list_of_relations_is_refused(related, raw):
    related.campaign()
    ann = related.as_("ann")
    refused = ann.save(ann.item()["id"], [{**related.span(0, 3), "relations": raw}])
    assert (refused.status_code, refused.json()["code"]) == (422, "shape_refused")


def test_spans_of_merged_classes_have_the_relations_of_both(related):
    related.campaign()
    ann = related.as_("ann")
    item = ann.item()
    cat, eel, dog = (related.span(*of) for of in ((0, 3, "cat"), (0, 3, "eel"), (4, 9, "dog")))
    sees = related.types["sees"]
    eel = linked(eel, (sees, dog), (sees, cat))
    dog = linked(dog, (sees, eel))
    related.classes["eel"].deleted_at = utc_now()
    related.classes["eel"].merged_into = related.classes["cat"]
    related.classes["eel"].save()
    related.dataset.schema_revision += 1
    related.dataset.save()
    saved = ann.save(item["id"], [cat, eel, dog])
    assert saved.status_code == 200, saved.content
    kept = Annotation.objects.get().shapes
    assert [(s["id"], s.get("relations")) for s in kept] == [
        (cat["id"], [{"type": sees, "to": dog["id"]}]),
        (dog["id"], [{"type": sees, "to": cat["id"]}]),
    ]


def test_answers_that_differ_only_in_relations_are_a_conflict_and_a_chosen_one_keeps_them(related):
    related.campaign(overlap=2, consensus="majority")
    ann, ben = related.as_("ann"), related.as_("ben")
    first = ann.save(ann.item()["id"], pair(related, "eats"))
    assert ben.save(ben.item()["id"], pair(related)).status_code == 200
    settle()
    row = Consensus.objects.get()
    assert (row.state, row.reason) == ("conflict", "objects")
    counts = {(c.label == str(related.classes["cat"].pk)): (c.shared, c.left_only + c.right_only)
              for c in PairCount.objects.all()}  # fmt: skip
    assert counts == {True: (1, 1), False: (1, 0)}
    boss = related.as_("boss", "manager")
    answer = boss.http.post(
        f"/api/v1/consensus/{row.pk}/resolve/",
        {"revision": row.revision, "annotation": first.json()["id"]}, format="json",
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    cat, dog = Shape.objects.order_by("position")
    assert cat.geometry["relations"] == [{"type": related.types["eats"], "to": str(dog.pk)}]


def test_agreed_relations_lead_to_the_agreed_spans(related):
    related.campaign(overlap=3, consensus="majority")
    for name, names in {"ann": ["eats"], "ben": ["eats", "sees"], "cid": ["eats"]}.items():
        person = related.as_(name)
        assert person.save(person.item()["id"], pair(related, *names)).status_code == 200
    settle()
    assert Consensus.objects.get().state == "agreed"
    cat, dog = Shape.objects.order_by("position")
    assert cat.geometry["relations"] == [{"type": related.types["eats"], "to": str(dog.pk)}]


def test_an_agreed_type_that_went_meanwhile_is_a_conflict(related):
    related.campaign(overlap=2, consensus="majority")
    for name in ("ann", "ben"):
        person = related.as_(name)
        assert person.save(person.item()["id"], pair(related, "eats")).status_code == 200
    declare(related, [])
    settle()
    assert (Consensus.objects.get().state, Consensus.objects.get().reason) == ("conflict", "class_gone")


def span(label, start, end, *links):
    return Said(str(uuid.uuid4()), "span", label, span=(start, end), relations=tuple(links))


def answer(who, *kinds, spans=2):
    """x -> y, of these kinds; with one span there is no y."""
    end = span("y", 10, 15)
    start = span("x", 0, 5, *((kind, end.id) for kind in kinds))
    return Answer(who, [start, end][:spans])


@pytest.mark.parametrize(
    ("said", "reason", "kept"),
    [
        (((WORKS,), (WORKS,)), "", [WORKS]),
        (((WORKS,), ()), "objects", []),
        (((WORKS,), (KNOWS,)), "objects", []),
        (((WORKS,), (WORKS,), ()), "", [WORKS]),
        (((WORKS,), (), ()), "", []),
        (((WORKS, KNOWS), (WORKS,), (KNOWS,)), "", [KNOWS, WORKS]),
    ],
)
def test_relations_are_voted_on_where_spans_agree(said, reason, kept):
    outcome = decide("ner", [answer(who, *kinds) for who, kinds in zip("abc", said, strict=False)], Rule())
    assert outcome.reason == reason
    first, second = outcome.shapes
    assert sorted(first.relations) == sorted((kind, second.id) for kind in kept)


def test_relations_of_answers_that_share_ids_stay_with_their_places():
    x, y = span("x", 0, 5), span("y", 10, 15)
    from_x = replace(x, relations=((WORKS, y.id),))
    elsewhere = replace(x, span=(20, 25), relations=((WORKS, y.id),))
    answers = [
        Answer("a", [from_x, y]),
        Answer("b", [from_x, y]),
        Answer("c", [elsewhere, y, span("x", 0, 5, (WORKS, y.id))]),
        Answer("d", [span("x", 20, 25), y]),
    ]
    outcome = decide("ner", answers, Rule(quorum=0.5))
    links = {shape.span: shape.relations for shape in outcome.shapes}
    assert links[0, 5] == ((WORKS, y.id),)
    assert not links.get((20, 25))


def test_who_did_not_see_a_span_says_nothing_about_its_relations():
    answers = [answer("a", WORKS), answer("b"), answer("c", spans=1)]
    assert decide("ner", answers, Rule()).reason == "objects"


def test_a_relation_the_other_way_round_is_another_one():
    one = answer("a", WORKS)
    start, end = span("x", 0, 5), span("y", 10, 15)
    other = [start, span("y", 10, 15, (WORKS, start.id))]
    assert counts_by_class(one.shapes, other) == {"x": Counts(1, 1, 0), "y": Counts(1, 0, 1)}
    same = span("x", 0, 5, (WORKS, end.id))
    assert counts_by_class(one.shapes, [same, end]) == {"x": Counts(2, 0, 0), "y": Counts(1, 0, 0)}


def test_an_answer_has_so_many_relations_and_no_more(related, monkeypatch):
    monkeypatch.setattr("labeling.geometry.shapes.MAX_RELATIONS", 1)
    related.campaign()
    ann = related.as_("ann")
    item, key = ann.item()["id"], str(uuid.uuid4())
    assert ann.save(item, pair(related, "eats"), id=key, state="draft").status_code == 200
    refused = ann.save(item, pair(related, "eats", "sees"), id=key, revision=1, state="draft")
    assert (refused.status_code, refused.json()["code"]) == (422, "shape_refused")
