"""Bins of widths and heights: two a doubling, named by their lower edge. Pure."""

from collections.abc import Mapping


def size_bin(pixels: int) -> int:
    """The lower edge of the bin that so many pixels fall into."""
    if pixels < 1:
        return 0
    power = pixels.bit_length() - 1
    half = round(2 ** (power + 0.5))
    return half if pixels >= half else 1 << power


def size_bin_end(edge: int) -> int:
    """The most pixels that fall into the bin with that lower edge."""
    power = edge.bit_length()
    return next(upper - 1 for upper in (round(2 ** (power - 0.5)), 1 << power) if upper > edge)


def histogram(counts: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """Lower edge -> count as (least, most, count) from the first bin with a count to the last, empty ones between."""
    edges = [edge for edge, count in counts.items() if count]
    bins: list[tuple[int, int, int]] = []
    edge = min(edges, default=0)
    while edges and edge <= max(edges):
        end = size_bin_end(edge)
        bins.append((edge, end, counts.get(edge, 0)))
        edge = end + 1
    return bins
