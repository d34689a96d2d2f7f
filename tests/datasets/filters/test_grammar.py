import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.filters import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_TERMS,
    AllOf,
    AnyOf,
    Not,
    QueryFault,
    Term,
    filter_parse,
    filter_text,
)

CAT = Term("label", ":", ("cat",))
TEST = Term("split", ":", ("test",))
OPEN = Term("state", ":", ("unlabeled",))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", AllOf(())),
        ("  ", AllOf(())),
        ("label:cat", CAT),
        ("label:cat,dog", Term("label", ":", ("cat", "dog"))),
        ('class="big cat", dog', Term("label", ":", ("big cat", "dog"))),
        ("label:cat split:test", AllOf((CAT, TEST))),
        ("label:cat and split:test", AllOf((CAT, TEST))),
        ("label:cat OR split:test state:unlabeled", AnyOf((CAT, AllOf((TEST, OPEN))))),
        ("(label:cat or split:test) state:unlabeled", AllOf((AnyOf((CAT, TEST)), OPEN))),
        ("-label:cat", Not(CAT)),
        ("not not label:cat", Not(Not(CAT))),
        ("-(label:cat split:test)", Not(AllOf((CAT, TEST)))),
        ("wing", Term("name", "~", ("wing",))),
        ('name~"two words"', Term("name", "~", ("two words",))),
        ("name=a-b.jpg", Term("name", "=", ("a-b.jpg",))),
        ("label:-odd", Term("label", ":", ("-odd",))),
        ("label:a:b", Term("label", ":", ("a:b",))),
        ("label:or", Term("label", ":", ("or",))),
        ("size>100kb", Term("size", ">", (100_000.0,))),
        ("size<=1.5MiB", Term("size", "<=", (1.5 * 2**20,))),
        ("时长<2", Term("duration", "<", (2.0,))),
        ("score>=0.8", Term("score", ">=", (0.8,))),
        ("imported>2026-01-31", Term("imported", ">", ("2026-01-31T00:00:00+00:00",))),
        ("imported<2026-01-31T08:00:00+08:00", Term("imported", "<", ("2026-01-31T00:00:00+00:00",))),
        ("imported:2026-01-31", Term("imported", ":", ("2026-01-31",))),
        ("imported=2026-01-31T00:00", Term("imported", ":", ("2026-01-31T00:00:00+00:00",))),
        ("状态：未标注 或 （标签：cat）", AnyOf((OPEN, CAT))),
        ("非 划分:测试", Not(TEST)),
        (r'name~"say \"hi\" \\"', Term("name", "~", ('say "hi" \\',))),
    ],
)
def test_a_filter_is_read_as_it_is_meant(text, tree):
    assert filter_parse(text) == tree


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("lable:cat", "filter_field", 1),
        ("split:test colour:red", "filter_field", 12),
        ("state:happy", "filter_choice", 7),
        ("state:labeled,happy", "filter_choice", 15),
        ("size>big", "filter_number", 6),
        ("size>-1", "filter_number", 6),
        ("score>0.1,0.2", "filter_number", 11),
        ("imported>yesterday", "filter_number", 10),
        ("label>cat", "filter_operator", 1),
        ("label:", "filter_value", 7),
        ("label: or x", "filter_value", 7),
        ("label:cat,", "filter_value", 7),
        ('name~"cat', "filter_quote", 6),
        ("(label:cat", "filter_parenthesis", 1),
        ("label:cat)", "filter_parenthesis", 10),
        ("label:cat or", "filter_expected", 13),
        ("or label:cat", "filter_expected", 1),
        ("()", "filter_expected", 2),
        ("cat,dog", "filter_expected", 4),
        ("not", "filter_expected", 4),
        ("a\x00", "filter_sign", 2),
    ],
)
def test_a_mistake_is_named_with_its_column(text, code, column):
    with pytest.raises(QueryFault) as caught:
        filter_parse(text)
    assert (caught.value.code, caught.value.column) == (code, column)
    assert caught.value.length >= 1


@pytest.mark.parametrize(
    "text",
    ["(" * (MAX_DEPTH + 1), "-" * 3_000, "a " * (MAX_TERMS + 1), "a" * (MAX_CHARACTERS + 1), "not " * 400],
)
def test_a_hostile_filter_is_refused_before_it_costs_anything(text):
    with pytest.raises(QueryFault):
        filter_parse(text)


words = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=8
).filter(lambda word: word == word.translate(str.maketrans("：（），＞＜＝～　“”－｜", ':(),><=~ ""-|')))
texts = st.builds(lambda values: Term("label", ":", tuple(values)), st.lists(words, min_size=1, max_size=3))
names = st.builds(lambda value: Term("name", "~", (value,)), words)
choices = st.builds(lambda value: Term("state", ":", (value,)), st.sampled_from(["draft", "labeled"]))
sizes = st.builds(lambda value: Term("size", ">=", (float(value),)), st.integers(0, 10**12))
leaves = texts | names | choices | sizes


def _joined(inner):
    many = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, inner) | st.builds(AllOf, many) | st.builds(AnyOf, many)


@settings(max_examples=300, deadline=None)
@given(st.recursive(leaves, _joined, max_leaves=8))
def test_what_is_written_is_read_back_the_same(tree):
    assert filter_parse(filter_text(tree)) == tree


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text('labe:"-()or, 状态:x>0', max_size=40))
def test_whatever_is_typed_is_either_read_or_refused_at_a_place_inside_it(text):
    try:
        filter_parse(text)
    except QueryFault as fault:
        column = fault.column
    else:
        return
    assert 1 <= column <= len(text) + 1


@pytest.mark.parametrize(
    "text", ["score>0.12345678", "score<0.000000000000001", "size>=1.5kb", "score:-100000"]
)
def test_a_number_is_written_with_all_its_digits(text):
    tree = filter_parse(text)
    assert filter_parse(filter_text(tree)) == tree


@pytest.mark.parametrize("text", ["imported:2026-01-31", "imported:2026-01-31T10:00"])
def test_a_day_is_written_as_a_day_and_a_moment_as_a_moment(text):
    tree = filter_parse(text)
    assert filter_parse(filter_text(tree)) == tree
