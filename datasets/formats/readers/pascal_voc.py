"""Pascal VOC: an XML a picture, with splits in `ImageSets`."""

from collections.abc import Iterator

from datasets.formats.base import FormatImporter, Guess, Member, Plan, Tree
from datasets.formats.book import MISSING, Book, Marks, absent, covering, sniffed
from datasets.formats.classlists import class_lines, mapped_lines
from datasets.formats.forms import points_of, polygon_of, turned_of
from datasets.formats.geometry import Corners, between, number, numbers, size_of
from datasets.formats.names import shown, split_of
from datasets.formats.xmlfiles import Node, XmlRefused, xml_records, xml_root, xml_source
from datasets.geometry import Form

_MAX_XML_BYTES = 16 * 1024**2
_ANNOTATION = frozenset(("annotation",))
_FLAGS = ("difficult", "truncated", "occluded")
_DEGREES = 57.29577951308232


class PascalVoc(FormatImporter):
    """Corners are read as edges in pixels, as LabelImg and CVAT write them: width is `xmax - xmin`.

    An XML belongs to the picture of the same stem, else to the one its `filename` names.
    """

    key = "pascal_voc"
    title = "Pascal VOC"

    def sniff(self, tree: Tree) -> Guess:
        """XML files whose root is `annotation`."""
        found = [member for member, content in sniffed(tree, "xml") if xml_root(content) == "annotation"]
        if not found:
            return Guess(0.0, "no Pascal VOC file")
        files = sum(member.suffix == "xml" for member in tree.members)
        return Guess(
            covering(0.92, files, tree), f"{shown(found[0].name, 60)} is the annotation of one picture"
        )

    def plan(self, tree: Tree) -> Plan:
        """Raises FormatMismatch without a readable annotation."""
        book = Book(tree)
        files = [member for member in tree.members if member.suffix == "xml"]
        if not files:
            raise absent(tree, "no XML file among the files", "xml")
        for name in class_lines(book, ("classes.txt", "labels.txt")) or mapped_lines(book):
            book.class_of(name)
        for member in files:
            book.consume(member, _Annotation(book, member).take, _MAX_XML_BYTES)
        book.require_read()
        _add_splits(book)
        return book.plan()


class _Annotation:
    """One XML."""

    def __init__(self, book: Book, member: Member) -> None:
        self._book, self._member = book, member

    def take(self, content: bytes) -> None:
        """Raises XmlRefused."""
        if xml_root(content) != "annotation":
            raise XmlRefused("the XML is no Pascal VOC annotation; its root is another element")
        for record in xml_records(xml_source(content), _ANNOTATION):
            self._add(record)

    def _add(self, record: Node) -> None:
        stated = record.words("filename")
        member = self._book.pictures.beside(self._member.name)
        member = member or (self._book.pictures.named(stated) if stated else None)
        if member is None:
            self._book.fault("image_missing", stated or self._member.name, MISSING)
            return
        marks = self._book.marks(member)
        marks.annotated = True
        size = record.child("size")
        if size is not None:
            marks.size = size_of(size.words("width"), size.words("height"))
        for item in record.all("object"):
            self._add_object(marks, item)

    def _add_object(self, marks: Marks, item: Node) -> None:
        where = self._member.name
        label = self._book.class_of(item.words("name"))
        outline = item.child("polygon") or item.child("segm")
        box, turned = item.child("bndbox"), item.child("robndbox")
        if box is None and turned is None and outline is None:
            self._book.fault(
                "shape_unsupported", where, "an object has no bndbox; draw a box around it", marks
            )
            return
        form = _turned(turned) if turned is not None else _polygon(outline)
        corners = None if box is None else _corners(box)
        if form is None and (corners is not None or (turned is None and outline is None)):
            self._book.box(marks, label, corners, where)
            self._book.notice("geometry_reduced", where, int(outline is not None or turned is not None))
        else:
            self._book.shape(marks, label, form, where)
        extras = sum(item.words(flag) not in ("", "0") for flag in _FLAGS) + sum(1 for _ in item.all("part"))
        self._book.notice("details_dropped", where, int(extras > 0 or item.child("attributes") is not None))


def _corners(box: Node) -> Corners | None:
    left, top, right, bottom = (box.words(side) for side in ("xmin", "ymin", "xmax", "ymax"))
    return between(left, top, right, bottom)


def _turned(node: Node) -> Form | None:
    """As roLabelImg writes it: the middle, the sides, and radians clockwise."""
    values = numbers(node.words(part) for part in ("cx", "cy", "w", "h"))
    angle = number(node.words("angle"))
    if values is None or angle is None:
        return None
    cx, cy, w, h = values
    return turned_of((cx - w / 2, cy - h / 2, w, h), angle * _DEGREES)


def _polygon(node: Node | None) -> Form | None:
    return None if node is None else polygon_of([points_of(list(_outline(node)))])


def _outline(outline: Node) -> Iterator[str]:
    """`<pt><x/><y/></pt>` or `<x1/><y1/><x2/>…`."""
    points = list(outline.all("pt")) or [outline]
    for point in points:
        for value in point.children:
            if value.tag[:1] in ("x", "y"):
                yield value.text


def _add_splits(book: Book) -> None:
    for member in book.tree.members:
        folder, _, tail = member.name.rpartition("/")
        root, _, sets = folder.rpartition("ImageSets")
        split = split_of(tail.removesuffix(".txt"))
        if member.suffix != "txt" or (not sets and not folder.endswith("ImageSets")) or not split:
            continue
        for line in (book.text(member) or "").splitlines():
            found = _listed(book, root, line.strip())
            if found is not None:
                marks = book.marks(found)
                marks.split = marks.split or split


def _listed(book: Book, root: str, line: str) -> Member | None:
    """A line is a stem, or a stem and whether the class of the list is there."""
    if not line:
        return None
    stem, _, flag = line.rpartition(" ")
    found = book.pictures.stemmed(f"{root}/{line}")
    return found or (book.pictures.stemmed(f"{root}/{stem.strip()}") if flag in ("-1", "0", "1") else None)
