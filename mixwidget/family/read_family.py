"""From what a user writes - a name, or a family object of statsmodels - to a `Family`."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from mixwidget.errors import OptionError
from mixwidget.family.distribution import DISTRIBUTIONS, negative_binomial
from mixwidget.family.family import Family
from mixwidget.family.link import LINKS

ALLOWED_LINKS = {
    "binomial": ("logit", "probit", "cloglog", "cauchit", "log"),
    "poisson": ("log", "identity", "sqrt"),
    "Gamma": ("inverse", "log", "identity"),
    "inverse.gaussian": ("1/mu^2", "log", "identity", "inverse"),
    "gaussian": ("identity", "log", "inverse"),
    "negative.binomial": ("log", "sqrt", "identity"),
}
"""The links of each family as R has them, the default first."""

_OTHER_NAMES = {
    "bernoulli": "binomial",
    "gamma": "Gamma",
    "inversegaussian": "inverse.gaussian",
    "negativebinomial": "negative.binomial",
    "nb": "negative.binomial",
    "inversepower": "inverse",
    "inversesquared": "1/mu^2",
    "cauchy": "cauchit",
    "sqrtlink": "sqrt",
}


def read_family(family: Any, link: str | None = None, *, shape: float | None = None) -> Family:
    """Return the family that is meant.

    Parameters
    ----------
    family : str or statsmodels family
        R's name, statsmodels' name, or an object such as ``sm.families.Binomial(sm.families.links.Probit())``.
    link : str, optional
        Name of the link; the family's default where it is not given.
    shape : float, optional
        Shape of a negative binomial; where it is not given, that of the object (``1 / alpha``), or 1 to start from.

    Raises
    ------
    OptionError
        If the family or the link is not known, or a family has no such link.

    Examples
    --------
    >>> read_family("poisson").link.name
    'log'
    """
    name, own_link, own_shape = _described(family)
    known = _named(name, tuple(ALLOWED_LINKS), "family")
    allowed = ALLOWED_LINKS[known]
    wanted = link if link is not None else own_link
    chosen = allowed[0] if wanted is None else _named(wanted, allowed, f"link of the {known} family")
    if known == "negative.binomial":
        size = next((float(s) for s in (shape, own_shape) if s is not None), 1.0)
        if not 0.0 < size < float("inf"):
            raise OptionError(f"the shape of a negative binomial must be positive, not {size!r}")
        return Family(negative_binomial(size), LINKS[chosen])
    if shape is not None:
        raise OptionError(f"the {known} family has no shape; only the negative binomial has one")
    return Family(DISTRIBUTIONS[known], LINKS[chosen])


def _described(family: Any) -> tuple[str, str | None, float | None]:
    """Return name, link and shape of a name or of a statsmodels family."""
    if isinstance(family, str):
        return family, None, None
    link, alpha = getattr(family, "link", None), getattr(family, "alpha", None)
    if link is None:
        raise OptionError(f"family must be a name or a statsmodels family object, not {family!r}")
    shape = 1.0 / float(alpha) if isinstance(alpha, int | float) and alpha else None
    return type(family).__name__, _link_name(link), shape


def _link_name(link: Any) -> str:
    """Return the name of a statsmodels link; its power links are told apart by their power."""
    power = {1.0: "identity", 0.5: "sqrt", -1.0: "inverse", -2.0: "1/mu^2"}
    name = type(link).__name__
    if name in ("Power", "NBinomPower"):
        return power.get(float(link.power), f"power {link.power}")
    return name


def _named(given: str, known: tuple[str, ...], what: str) -> str:
    """Return the known name that is meant, whatever its case, dots and spaces."""
    simple = {_simple(name): name for name in known}
    key = _OTHER_NAMES.get(_simple(given), given)
    if _simple(key) in simple:
        return simple[_simple(key)]
    near = get_close_matches(_simple(given), list(simple), n=1)
    hint = f"; did you mean {simple[near[0]]!r}?" if near else ""
    raise OptionError(f"{given!r} is no {what}{hint} (known: {', '.join(known)})")


def _simple(name: str) -> str:
    return name.lower().replace(".", "").replace(" ", "").replace("_", "")
