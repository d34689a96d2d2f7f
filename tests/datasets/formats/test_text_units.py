"""Label Studio counts UTF-16 units: the same places as Python's, in one pass over the text."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.formats.archive import open_tree
from datasets.formats.registry import importers_of
from datasets.formats.text.label_studio import Units
from tests.datasets.pictures import saved, zipped


@settings(deadline=None)
@given(text=st.text("ab \t😀𐍈é", max_size=12), start=st.integers(-3, 20), end=st.integers(-3, 20))
def test_label_studio_units_are_those_of_python(text, start, end):
    def counted(units):
        coded = text.encode("utf-16-le")
        head = coded[: max(0, 2 * units)].decode("utf-16-le", "replace")
        return len(head) if 0 <= 2 * units <= len(coded) and "\ufffd" not in head else None

    units = Units(text)
    whole = range(len(text) + 1)
    assert [units.units(n) for n in whole] == [len(text[:n].encode("utf-16-le")) // 2 for n in whole]
    assert [units.points(n) for n in (start, end)] == [counted(start), counted(end)]
    for first, last in ((start, end), (counted(start), counted(end))):
        quote = text[first:last] if None not in (first, last) and 0 <= first < last else ""
        if quote.strip():
            a, b = units.offsets({"start": start, "end": end, "text": f" {quote} "})
            assert text[a:b].split() == quote.split()
    assert units.offsets({"start": start, "end": end, "text": text + "x"}) == (None, None)


def test_a_long_text_of_many_label_studio_spans_is_read_in_one_pass(tmp_path):
    words = 1_000_000
    text = "😀 " + "abc " * words
    places = [3 + 4 * (i * (words // 20_000)) for i in range(20_000)]
    results = [
        {"value": {"start": at, "end": at + 3, "text": "abc", "labels": ["PER"]}, "type": "labels"}
        for at in places
    ]
    task = {"data": {"text": text}, "annotations": [{"result": results}]}
    content = zipped({"p.json": json.dumps([task]).encode()})
    tree = open_tree(saved(tmp_path, content), "x.zip", tmp_path, "text")
    plan = importers_of("text")["label_studio"].plan(tree)
    (draft,) = plan.items
    assert [s.start for s in draft.spans] == [at - 1 for at in places]
