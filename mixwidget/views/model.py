"""What the views read from a fit, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from mixwidget.errors import Diagnostic
from mixwidget.fit.varcorr import VarCorr, VarCorrTerm


class CovarianceTable(Protocol):
    """The variances of a fit, as `mixwidget.fit.varcorr.VarCorr`."""

    @property
    def terms(self) -> Sequence[VarCorrTerm]: ...
    @property
    def sigma(self) -> float: ...


class FittedModel(Protocol):
    """The public attributes of a fit from which its views are made (DESIGN.md section 4)."""

    @property
    def formula(self) -> object: ...
    @property
    def reml(self) -> bool: ...
    @property
    def criterion(self) -> float: ...
    @property
    def sigma(self) -> float: ...
    @property
    def loglik(self) -> float: ...
    @property
    def aic(self) -> float: ...
    @property
    def bic(self) -> float: ...
    @property
    def npar(self) -> int: ...
    @property
    def nobs(self) -> int: ...
    @property
    def df_resid(self) -> int: ...
    @property
    def ngroups(self) -> Mapping[str, int]: ...
    @property
    def fixef(self) -> pd.Series: ...
    @property
    def vcov(self) -> pd.DataFrame: ...
    @property
    def varcorr(self) -> VarCorr: ...
    @property
    def alerts(self) -> Sequence[Diagnostic]:
        """The findings that stand beside the numbers."""
        ...

    def coef_table(self) -> pd.DataFrame:
        """Return columns estimate, se, df, statistic, p; one row for each coefficient."""
        ...

    def resid(self, type: str) -> pd.Series:  # noqa: A002  R's name
        """Return the residuals; ``"scaled"`` are Pearson residuals divided by sigma."""
        ...

    def ranef(self) -> Mapping[str, pd.DataFrame]:
        """Return the conditional modes of each grouping factor."""
        ...

    def cond_var(self, group: str) -> np.ndarray:
        """Return the conditional variances, shape (levels, k, k)."""
        ...
