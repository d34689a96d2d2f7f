"""Bins of widths and heights."""

from datasets.size_bins import histogram, size_bin, size_bin_end


def test_every_size_lies_in_one_bin_and_the_bins_touch():
    for pixels in range(5000):
        edge = size_bin(pixels)
        assert edge <= pixels <= size_bin_end(edge)
        assert size_bin(size_bin_end(edge)) == edge
        assert size_bin(size_bin_end(edge) + 1) == size_bin_end(edge) + 1


def test_a_histogram_shows_the_bins_that_are_empty_too():
    assert histogram({512: 3, 1024: 1, 724: 0, 64: 0}) == [(512, 723, 3), (724, 1023, 0), (1024, 1447, 1)]
    assert histogram({}) == []
