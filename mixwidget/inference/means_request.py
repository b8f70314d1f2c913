"""What is asked for in a table of marginal means, read as emmeans reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mixwidget.errors import OptionError, nearest
from mixwidget.inference.intervals import check_level
from mixwidget.inference.marginal import WEIGHTS

OVERALL = "1"  # the one "variable" of a mean over everything


@dataclass(frozen=True, slots=True)
class MeansRequest:
    """What is asked for; see `LmerModel.emmeans`."""

    specs: str | Sequence[str]
    by: str | Sequence[str] | None = None
    contrasts: str | Mapping[str, Sequence[float]] | None = None
    adjust: str | None = None
    at: Mapping[str, Sequence[Any]] | None = None
    ddf: str = "satterthwaite"
    level: float = 0.95
    weights: str = "equal"
    reverse: bool = False
    ref: Any = None
    scale: str = "link"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The variables of the means, those of the groups within which they are compared, and the rest of the request."""

    specs: tuple[str, ...]
    by: tuple[str, ...]
    request: MeansRequest


def wanted_means(request: MeansRequest) -> Wanted:
    """Read a request.

    ``"pairwise ~ a | b"`` names contrasts, means and groups at once, as emmeans has it; ``"~ 1"`` is the mean of all.

    Raises
    ------
    OptionError
        If the level, the weights or the specification mean nothing.
    """
    request = _two_sided(request)
    check_level(request.level, "emmeans")
    if request.weights not in WEIGHTS:
        hint = nearest(request.weights, WEIGHTS, "choose one of")
        raise OptionError(f"emmeans: weights={request.weights!r} is not known; {hint}")
    if request.contrasts is None and (request.reverse or request.ref is not None):
        raise OptionError("emmeans: reverse= and ref= belong to contrasts; name a family, e.g. contrasts='trt.vs.ctrl'")
    specs, by = _names(request.specs), _names(request.by)
    if isinstance(request.specs, str) and "|" in request.specs:
        left, right = request.specs.split("|", 1)
        specs, by = _names(left), [*_names(right), *by]
    if not specs:
        raise OptionError("emmeans: name at least one variable, e.g. emmeans('~ treatment | sex'), or '~ 1' for all")
    by = list(dict.fromkeys(by))
    return Wanted(tuple(name for name in dict.fromkeys(specs) if name not in (*by, OVERALL)), tuple(by), request)


def _two_sided(request: MeansRequest) -> MeansRequest:
    if not isinstance(request.specs, str) or "~" not in request.specs:
        return request
    left, right = (side.strip() for side in request.specs.split("~", 1))
    if not left:
        return request
    if request.contrasts is not None:
        raise OptionError(f"emmeans: contrasts are given twice, as {left!r} in the formula and as contrasts=")
    return replace(request, specs=right, contrasts=left)


def _names(text: str | Sequence[str] | None) -> list[str]:
    if text is None:
        return []
    if not isinstance(text, str):
        return list(text)
    for sign in "~+*:":
        text = text.replace(sign, " ")
    return text.split()
