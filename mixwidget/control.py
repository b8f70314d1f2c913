"""The options of a fit, checked once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from mixwidget.errors import FitCancelled, OptionError, refuse_unknown_options

_CHOICES = {
    "laplace": ("coherent", "observed", "lme4"),
    "double_bar": ("zero", "lme4"),
    "na_action": ("omit", "exclude", "fail"),
    "starts": ("auto", "both", "better"),
    "crossed": ("auto", "dense", "sparse", "iterative"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Options of a fit, as ``lme4::lmerControl``.

    Parameters
    ----------
    double_bar : {"zero", "lme4"}
        ``(f || g)`` with a factor ``f``: true zero correlations between all columns (default),
        or lme4's reading, in which the columns of a factor stay one correlated block.
    na_action : {"omit", "exclude", "fail"}
        Rows with missing values are dropped (default); dropped, but fitted values and residuals are
        padded with NaN; or refused.
    starts : {"auto", "both", "better"}
        Newton from every informed starting value, from the better one of two, or (default) from the better one and
        further ones where a descent costs next to nothing (fewer than 200 random effects), where a factor with slopes
        has few levels, and where slopes within levels and between them differ by more than chance.
    laplace : {"coherent", "observed", "lme4"}
        The approximation that generalized models minimise: with expected weights in the determinant, and random effects
        in units of the dispersion where the family has one (default); the same with observed weights, as glmmTMB; or
        lme4's, whose random effects are not scaled by the dispersion.
    crossed : {"auto", "dense", "sparse", "iterative"}
        How factors that are crossed with the largest one are solved: with a dense Schur complement; with an exact
        sparse one; by preconditioned conjugate gradients, with the criterion and its slopes from fixed random probes.
        By default dense up to `max_dense_columns` random effects beside the largest factor; above, sparse where little
        fill is predicted (pupils who move between schools), iterative otherwise. Linear models only: a generalized
        model above the limit is refused.
    max_evaluations : int
        Bound on the evaluations of criterion and derivatives.
    tolerance : float
        The Newton decrement (units of the criterion) at which the optimiser stops.
    max_dense_columns : int
        Largest number of crossed random effects for which the dense Schur complement is formed.
    push_down : bool, optional
        Whether the engine that holds the data (DuckDB, a polars LazyFrame, Ibis, Dask, Spark) forms the sums of
        products, so that sums by level travel and rows stay; by default Spark does, the others are read in batches.
    warn : bool
        Whether findings of severity "warning" are also issued as `MixwidgetWarning`.
    should_stop : callable, optional
        Polled before each evaluation, in fits and in all that refits; a true value raises `FitCancelled`.

    Raises
    ------
    OptionError
        If an option is not known, or a value not one of the choices.

    Examples
    --------
    >>> Control(double_bar="lme4").double_bar
    'lme4'
    """

    double_bar: Literal["zero", "lme4"] = "zero"
    na_action: Literal["omit", "exclude", "fail"] = "omit"
    starts: Literal["auto", "both", "better"] = "auto"
    laplace: Literal["coherent", "observed", "lme4"] = "coherent"
    crossed: Literal["auto", "dense", "sparse", "iterative"] = "auto"
    max_evaluations: int = 500
    tolerance: float = 1e-8
    max_dense_columns: int = 6000
    push_down: bool | None = None
    warn: bool = True
    should_stop: Callable[[], bool] | None = None

    def __new__(cls, **options: Any) -> Control:  # noqa: PYI034  Self would need typing_extensions on Python 3.10
        """Refuse unknown options before the fields are set."""
        refuse_unknown_options("Control", options, list(cls.__dataclass_fields__))
        return object.__new__(cls)  # no super(): slots make dataclass build the class anew

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                listed = ", ".join(repr(choice) for choice in choices)
                raise OptionError(f"Control: {name}={getattr(self, name)!r} is not known; choose one of {listed}")
        for name in ("max_evaluations", "max_dense_columns"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise OptionError(f"Control: {name} must be a positive whole number, not {value!r}")
        if not isinstance(self.tolerance, int | float) or not self.tolerance > 0:
            raise OptionError(f"Control: tolerance must be positive, not {self.tolerance!r}")
        if not isinstance(self.warn, bool):
            raise OptionError(f"Control: warn must be True or False, not {self.warn!r}")
        if self.push_down is not None and not isinstance(self.push_down, bool):
            raise OptionError(f"Control: push_down must be True, False or None, not {self.push_down!r}")
        if self.should_stop is not None and not callable(self.should_stop):
            raise OptionError(f"Control: should_stop must be a function without arguments, not {self.should_stop!r}")

    def poll(self, what: str) -> None:
        """Raise `FitCancelled` if `should_stop` says so.

        Parameters
        ----------
        what : str
            What is cancelled, for the message: ``"the bootstrap"``.
        """
        if self.should_stop is not None and self.should_stop():
            raise FitCancelled(f"{what} was cancelled")


DEFAULTS = Control()


def given_control(control: object) -> Control:
    """Return the options that were given, those of `Control()` if none were."""
    if control is None:
        return DEFAULTS
    if not isinstance(control, Control):
        raise OptionError(f"control must be a mixwidget.Control, not {type(control).__name__}")
    return control
