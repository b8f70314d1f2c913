"""The rows of each level with its lines by three models: what the pictures of lines are drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mixwidget.fit.fit import Fit
from mixwidget.fit.ranef import ranef
from mixwidget.fit.row_summaries import level_sizes
from mixwidget.inference.line_points import LinePoints, line_points
from mixwidget.inference.line_scale import LineNumbers
from mixwidget.inference.line_variables import colours
from mixwidget.inference.lines import Lines, level_lines
from mixwidget.inference.lines_request import LinesRequest
from mixwidget.inference.shown_levels import ShownLevels
from mixwidget.views.arrays import Floats, Integers, floats, integers
from mixwidget.views.labels import labels_of
from mixwidget.views.line_words import LineKey, line_keys, line_notes, response_title
from mixwidget.views.view import View

HALF = 0.5  # of a range around a single number, as a share of it


@dataclass(frozen=True, slots=True)
class LineOrder(View):
    """An order of the levels.

    Attributes
    ----------
    label : str
    ranked : Integers
        The positions of the levels, largest first.
    """

    label: str
    ranked: Integers


@dataclass(frozen=True, slots=True)
class LinePair(View):
    """Two numbers of each line: the mean at the first place and the slope, or the means at both places.

    Attributes
    ----------
    is_slope : bool
    places : tuple of float
    model, own : Floats
        One pair for each line; NaN where there is none.
    """

    is_slope: bool
    places: tuple[float, float]
    model: Floats
    own: Floats


@dataclass(frozen=True, slots=True)
class PointsView(View):
    """The points that lines go through, level after level.

    Attributes
    ----------
    starts : Integers
        Where the points of each level begin, and the end.
    x, y : Floats
    size : Floats or None
        The number of trials of a proportion; None where a point is a row.
    colour : Integers
        -1 for none.
    """

    starts: Integers
    x: Floats
    y: Floats
    size: Floats | None
    colour: Integers


@dataclass(frozen=True, slots=True)
class LinesView(View):
    """The lines of the levels of a grouping factor.

    Attributes
    ----------
    group : str
        The grouping factor.
    level_word : str
        What one of its levels is called.
    n_levels : int
    levels : Integers
        The levels that are sent, as positions among all.
    size : Integers
        The rows of each level that is sent.
    x : str
        The predictor, empty without one.
    x_title, y_title : str
        Of the axes.
    x_unit, y_unit : str
        Empty where none is known.
    categories : tuple of str
        The levels of x where it is a factor; one without a predictor; none of a number.
    x_range : tuple of float
    y_range : tuple of float
        Of the points and of everybody together, which no change of the random effects moves.
    line_range : tuple of float
        Of the mixed model's lines.
    colour : str
        The factor that colours, empty without one.
    colours : tuple of str
        Its levels.
    places : Floats
        The stops of the lines along x, between which they are straight.
    line_level : Integers
        The level of each line, as a position in `levels`; ascending.
    line_colour : Integers
        The colour of each line, -1 for none.
    model, own : Floats
        A row for each line; NaN where there is none.
    reach : Floats
        Least and largest x of the rows of each line.
    pooled, average : Floats
        One row, or one for each colour.
    numbers : LinePair or None
        None where x is no number.
    points : PointsView
    orders : tuple of LineOrder
        The first is the one to begin with; the last is that of the data.
    drawn : Integers
        Positions in `levels` in the order in which some are drawn to stand for all.
    seed : int
        Of that order, and of the rows where not all are sent.
    keys : tuple of LineKey
        The kinds of lines and their words.
    notes : tuple of str
        What is held, left out, or a sample.
    predictors, groups, colour_choices : tuple of str
        What x, the grouping factor and the colour can be.
    """

    group: str
    level_word: str
    n_levels: int
    levels: Integers
    size: Integers
    x: str
    x_title: str
    y_title: str
    x_unit: str
    y_unit: str
    categories: tuple[str, ...]
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    line_range: tuple[float, float]
    colour: str
    colours: tuple[str, ...]
    places: Floats
    line_level: Integers
    line_colour: Integers
    model: Floats
    own: Floats
    reach: Floats
    pooled: Floats
    average: Floats
    numbers: LinePair | None
    points: PointsView
    orders: tuple[LineOrder, ...]
    drawn: Integers
    seed: int
    keys: tuple[LineKey, ...]
    notes: tuple[str, ...]
    predictors: tuple[str, ...]
    groups: tuple[str, ...]
    colour_choices: tuple[str, ...]


def lines_view(fit: Fit, request: LinesRequest, shown: ShownLevels | None = None) -> LinesView:
    """Return what is drawn of the lines of the levels.

    Parameters
    ----------
    fit : Fit
    request : LinesRequest
    shown : ShownLevels, optional
        Of which levels; where it is not given, of as many as a browser draws.

    Raises
    ------
    OptionError, DataError
        If a name is not known, or the data have changed since the fit.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy")).fit
    >>> view = lines_view(fit, LinesRequest())
    >>> view.x, view.group, np.frombuffer(view.places.float32, "<f4").tolist(), [order.label for order in view.orders]
    ('Days', 'Subject', [0.0, 9.0], ['by Days slope', 'by (Intercept)', 'as in the data'])
    """
    lines = level_lines(fit, request, shown)
    points, asked = line_points(lines), lines.asked
    design, x, words = fit.design, asked.x, labels_of(fit)
    group = design.factors[asked.factor].label
    return LinesView(
        group=group,
        level_word=words.word(group),
        n_levels=len(design.factors[asked.factor].levels),
        levels=integers(lines.levels),
        size=integers(level_sizes(fit)[asked.factor][lines.levels]),
        x="" if x is None else x.name,
        x_title="" if x is None else words.title(x.name),
        y_title=response_title(fit),
        x_unit="" if x is None else words.unit(x.name),
        y_unit=words.unit(design.formula.response),
        categories=("all rows",) if x is None else x.levels,
        x_range=(float(lines.places[0]), float(lines.places[-1])),
        y_range=_range(points.y, lines.pooled),
        line_range=_range(lines.model),
        colour="" if asked.colour is None else asked.colour.name,
        colours=() if asked.colour is None else asked.colour.levels,
        places=floats(lines.places),
        line_level=integers(np.searchsorted(lines.levels, lines.level)),
        line_colour=integers(lines.cell),
        model=floats(lines.model),
        own=floats(lines.own),
        reach=floats(lines.reach),
        pooled=floats(lines.pooled),
        average=floats(lines.average),
        numbers=None if lines.numbers is None else _pair(lines.numbers),
        points=_points(points),
        orders=_orders(fit, lines),
        drawn=integers(lines.shown.drawn),
        seed=request.seed,
        keys=line_keys(fit, lines),
        notes=line_notes(fit, lines, points),
        predictors=tuple(asked.predictors),
        groups=tuple(factor.label for factor in design.factors),
        colour_choices=tuple(name for name in colours(fit, asked.factor) if x is None or name != x.name),
    )


def _orders(fit: Fit, lines: Lines) -> tuple[LineOrder, ...]:
    """Return the levels by each random effect, the one along x first, and as they are in the data."""
    frame = ranef(fit)[fit.design.factors[lines.asked.factor].label].iloc[lines.levels]
    names = list(map(str, frame.columns))
    x = "" if lines.asked.x is None else lines.asked.x.name
    first = [i for i, name in enumerate(names) if name == x] + [i for i, name in enumerate(names) if name != x]
    found = [LineOrder(_by(names[i], x), _ranked(frame.iloc[:, i].to_numpy(dtype=float))) for i in first]
    return (*found, LineOrder("as in the data", integers(np.arange(len(frame)))))


def _by(column: str, x: str) -> str:
    return f"by {column} slope" if column == x else f"by {column}"


def _ranked(modes: np.ndarray) -> Integers:
    return integers(np.argsort(-modes, kind="stable"))


def _range(*values: np.ndarray) -> tuple[float, float]:
    """Return the least and the largest of all numbers that are there, apart from each other."""
    every = np.concatenate([part.ravel() for part in values])
    finite = every[np.isfinite(every)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    pad = 0.0 if high > low else HALF * (abs(low) or 1.0)
    return low - pad, high + pad


def _pair(numbers: LineNumbers) -> LinePair:
    return LinePair(numbers.is_slope, numbers.places, floats(numbers.model), floats(numbers.own))


def _points(points: LinePoints) -> PointsView:
    return PointsView(
        integers(points.starts),
        floats(points.x),
        floats(points.y),
        None if points.size is None else floats(points.size),
        integers(points.colour),
    )
