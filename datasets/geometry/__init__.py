"""Where things are in a picture, exactly: turned boxes, polygons, masks, lines, key points. Pure: numpy.

Coordinates are continuous pixels of the upright picture, origin top-left: pixel (row i, column j) covers
[j, j + 1) x [i, i + 1), and belongs to an area when its center does.
"""

from datasets.geometry.forms import FIELD_OF_KIND, Form, FormRefused, form_from, form_of_row
from datasets.geometry.rle import Rle

__all__ = ["FIELD_OF_KIND", "Form", "FormRefused", "Rle", "form_from", "form_of_row"]
