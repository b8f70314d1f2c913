"""What a formula and a data frame become: the labels of a design, and its rows."""

from __future__ import annotations

from dataclasses import dataclass

from mixwidget.design.design import Design
from mixwidget.design.rows import Rows


@dataclass(frozen=True, slots=True, eq=False)
class FilledDesign:
    """A design and the rows of the data that it was read from.

    Attributes
    ----------
    design : Design
    rows : Rows
    """

    design: Design
    rows: Rows
