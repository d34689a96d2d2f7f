"""Objects as a format can hold them; what is changed or left out on the way is told. Pure."""

from collections.abc import Container
from dataclasses import replace

from datasets.formats.forms import joined
from datasets.formats.writers.base import ZipSink
from datasets.geometry.forms import Form
from datasets.geometry.rings import traced
from datasets.geometry.rle import rle_of
from datasets.manifest import ManifestObject, ManifestSample


def fitted(
    sample: ManifestSample, sink: ZipSink, kinds: Container[str], *, attributes: bool = True
) -> list[ManifestObject]:
    """The objects of a sample in the kinds a format has, `box` always among them.

    Of a polygon with several rings, or with a hole, only formats with `rings` know; others get the mask of
    it, or one joined ring where they have no masks either.
    """
    kept: list[ManifestObject] = []
    for item in sample.objects:
        form, code = _form(item, sample, kinds)
        sink.tell(code, sample.name, int(bool(code)))
        if form is None and (code == "shape_left_out" or min(item.box[2:]) <= 0):
            sink.tell("shape_left_out", sample.name, int(code != "shape_left_out"))
            continue
        kept.append(replace(item, form=form, attributes=item.attributes if attributes else ()))
    if not attributes:
        sink.tell("attributes_dropped", sample.name, sum(bool(item.attributes) for item in sample.objects))
    return kept


def _form(item: ManifestObject, sample: ManifestSample, kinds: Container[str]) -> tuple[Form | None, str]:
    form = item.form
    if form is None:
        return None, ""
    is_many = form.kind == "polygon" and len(form.value) > 1
    if form.kind in kinds and (not is_many or "rings" in kinds):
        return form, ""
    if form.kind == "polygon" and "mask" in kinds:
        return Form("mask", rle_of(form.mask(sample.width, sample.height))), "polygon_rasterized"
    if form.kind == "polygon" and "polygon" in kinds:
        return Form("polygon", (joined(form.value),)), "rings_joined"
    if form.kind == "rotated_box" and "mask" in kinds and "polygon" not in kinds:
        return Form("mask", rle_of(form.mask(sample.width, sample.height))), "rotated_outlined"
    if form.kind == "mask" and "polygon" in kinds:
        rings = traced(form.value.mask())
        return Form("polygon", rings if "rings" in kinds else (joined(rings),)), "mask_outlined"
    if form.kind == "rotated_box" and "polygon" in kinds:
        return Form("polygon", (tuple((x, y) for x, y in form.points),)), "rotated_outlined"
    return (None, "shape_left_out") if form.kind == "polyline" else (None, "geometry_reduced")
