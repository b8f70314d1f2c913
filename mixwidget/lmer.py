"""The front hall: `lmer`, and the model that it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mixwidget.answers.p_values import p_values
from mixwidget.answers.progress import Progress, progress_bar, row_line
from mixwidget.answers.result_table import ResultSeries, ResultTable, shown_series
from mixwidget.answers.streaming import scaled_residuals
from mixwidget.control import Control, given_control
from mixwidget.errors import OptionError, refuse_unknown_arguments
from mixwidget.fit.caller import names_in_caller
from mixwidget.fit.from_data import fit_from_data
from mixwidget.fit.given import Given
from mixwidget.fit.linear_fit import LinearFit
from mixwidget.fit.prior import given_priors
from mixwidget.fit.rows_for import rows_for
from mixwidget.inference.conditional_aic import conditional_aic
from mixwidget.inference.findings import warn_of_findings
from mixwidget.inference.p_values import NullDraws
from mixwidget.model import MixedModel
from mixwidget.views import looks


@dataclass(frozen=True, eq=False, repr=False)
class LmerModel(MixedModel):
    """A fitted linear mixed model, as `lmer` returns it."""

    fit: LinearFit

    def p_values(
        self, n: int = 500, seed: int | np.random.Generator | None = None, progress: bool | Progress = True
    ) -> ResultTable:
        """Return all p values of the fixed effects: z, Satterthwaite, Kenward-Roger, likelihood ratio, bootstrap.

        Parameters
        ----------
        n : int
            Parametric bootstrap replicates for each coefficient; 0 leaves that column out.
        seed : int or numpy.random.Generator, optional
        progress : bool or callable
        """
        bar, inner = (progress_bar(label, shown=progress) for label in ("p values", "Kenward-Roger"))
        draws = NullDraws(n, np.random.default_rng(seed)) if n > 0 else None
        return p_values(self.fit, draws, bar, inner).to_frame()

    @property
    def conditional_aic(self) -> float:
        """Greven and Kneib's conditional AIC, for predictions in the groups that were seen, as cAIC4; see `caic`."""
        return float(self.caic()["caic"])

    def caic(self) -> ResultSeries:
        """Return the conditional AIC with its parts, as ``cAIC4::cAIC``.

        Returns
        -------
        Series
            ``loglik`` given the modes, effective degrees of freedom ``df`` (corrected for the estimation of the
            variances, with one for sigma) and ``caic``; then ``df_held`` and ``caic_held`` without that correction, as
            Vaida and Blanchard have them.

        Examples
        --------
        >>> import mixwidget as mw
        >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
        >>> fit.caic().round(2)[["loglik", "df", "caic"]].tolist()
        [-824.51, 31.25, 1711.52]
        """
        with rows_for("caic"):
            return shown_series(conditional_aic(self.fit), looks.CONDITIONAL_AIC)

    def scaled_residuals(self) -> ResultSeries:
        """Return least, quartiles and greatest of the residuals over sigma, as ``summary`` shows them.

        A fit of data in batches reads them once more for this; its summary shows them from then on.

        Examples
        --------
        >>> import mixwidget as mw
        >>> sleep = mw.in_batches(mw.load_dataset("sleepstudy"))
        >>> mw.lmer("Reaction ~ Days + (Days | Subject)", sleep).scaled_residuals().round(3).tolist()
        [-3.954, -0.463, 0.023, 0.463, 5.179]
        """
        return shown_series(scaled_residuals(self.fit), looks.RESIDUALS)


def lmer(
    formula: str,
    data: Any,
    reml: bool = True,
    weights: Any = None,
    offset: Any = None,
    subset: Any = None,
    contrasts: Mapping[str, Any] | None = None,
    control: Control | None = None,
    start: Any = None,
    *,
    cov_prior: Any = None,
    fixef_prior: Any = None,
    resid_prior: Any = None,
    data_name: str | None = None,
    **unknown: Any,
) -> LmerModel:
    """Fit a linear mixed model, as ``lme4::lmer``.

    Parameters
    ----------
    formula : str
        ``"Reaction ~ Days + (Days | Subject)"``.
    data : data frame or source
        pandas, or any frame that narwhals understands (polars, pyarrow). Data that memory need not hold are read in
        batches, twice: a path or glob of parquet or CSV files, a pyarrow Dataset, a function that opens a
        RecordBatchReader, a polars LazyFrame, a DuckDB relation, an Ibis table, a Dask or PySpark DataFrame, or any
        frame with `mw.in_batches`. The fit then holds sums instead of rows. ``Control(push_down=True)`` has the engine
        that holds the rows form the sums, as Spark does by default. Levels of an ENUM keep their order from DuckDB
        itself, not through Ibis, which hands them on as texts.
    reml : bool
        Minimise the REML criterion (default) or -2 log-likelihood.
    weights, offset : str or array_like, shape (n,), optional
        Prior weights (the residual variance of a row is sigma^2 / weight); a known part of the mean.
    subset : str or array_like of bool, optional
        Which rows to use: ``"Days > 1"`` or a mask.
    contrasts : mapping, optional
        ``{"f": "treatment" | "sum" | "helmert" | "poly" | matrix}`` for factors of the fixed part.
    control : Control, optional
    start : array_like, shape (n_theta,), optional
        One more starting value, as ``fit.theta``.
    cov_prior : str, Prior or mapping, optional
        A weak prior on the covariance matrices, as ``blme::blmer``: ``"wishart"``, ``"invwishart"``, ``"gamma"``,
        ``"invgamma"`` with blme's defaults, a `Prior`, or one of these for each grouping factor. The fit is then the
        posterior mode: it minimises ``criterion + penalty``.
    fixef_prior, resid_prior : str or Prior, optional
        ``"normal"`` on the fixed effects, or ``"t"`` under ML; ``"gamma"``, ``"invgamma"`` or
        ``Prior("point", value=...)`` on sigma.
    data_name : str, optional
        The name of the data that the summary prints; the caller's variable is found unless given.

    Returns
    -------
    LmerModel

    Raises
    ------
    FormulaError, DataError, OptionError, FitError, ProblemTooLargeError
        In one sentence, where no fit is possible.

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), J. Stat. Softw. 67(1).

    Examples
    --------
    >>> import mixwidget as mw
    >>> sleep = mw.load_dataset("sleepstudy")
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", sleep)
    >>> fit.fixef.round(4).to_dict()
    {'(Intercept)': 251.4051, 'Days': 10.4673}
    """
    refuse_unknown_arguments(lmer, unknown)
    control = given_control(control)
    if not isinstance(reml, bool | np.bool_):
        raise OptionError(f"reml must be True or False, not {reml!r}")
    fit = fit_from_data(
        formula,
        data,
        Given(weights=weights, offset=offset, subset=subset, contrasts=contrasts),
        reml=reml,
        control=control,
        priors=given_priors(cov_prior, fixef_prior, resid_prior),
        data_name=names_in_caller([data], depth=2)[0] if data_name is None else data_name,
        start=start,
        told=row_line(),
    )
    model = LmerModel(fit)
    warn_of_findings(model.fit)
    return model
