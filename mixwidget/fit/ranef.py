"""Conditional modes of the random effects and their conditional variances, as ``lme4::ranef``."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mixwidget.errors import DataError, nearest
from mixwidget.fit.fit import Fit, once
from mixwidget.fit.threads import one_thread


@once
def term_modes(fit: Fit) -> list[np.ndarray]:
    """Return the conditional modes of each term, shape (k, J)."""
    with one_thread():
        return fit.conditional_modes()


@once
def ranef(fit: Fit) -> dict[str, pd.DataFrame]:
    """Return the conditional modes of each grouping factor: one row a level, one column a random effect."""
    frames, of_terms = {}, term_modes(fit)
    for position, factor in enumerate(fit.design.factors):
        mine = [i for i, term in enumerate(fit.design.terms) if term.factor == position]
        columns = [name for i in mine for name in fit.design.terms[i].columns]
        values = np.concatenate([of_terms[i] for i in mine]).T
        index = pd.Index(factor.levels, dtype=object, name=factor.label)
        frames[factor.label] = pd.DataFrame(values, index=index, columns=pd.Index(columns, dtype=object))
    return frames


@once
def cond_var(fit: Fit) -> dict[str, np.ndarray]:
    """Return the conditional covariance matrices of each grouping factor, shape (J, K, K).

    The columns are those of `ranef`; the fixed effects count as known.
    """
    with one_thread():
        blocks = fit.conditional_covariances()
    return {
        factor.label: np.ascontiguousarray(block.transpose(2, 0, 1))
        for factor, block in zip(fit.design.factors, blocks, strict=True)
    }


def ranef_long(modes: dict[str, pd.DataFrame], variances: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return ``as.data.frame(ranef(fit))``: grpvar, term, grp, condval, condsd, one row a level and effect."""
    parts = []
    for group, frame in modes.items():
        sds = np.sqrt(np.diagonal(variances[group], axis1=1, axis2=2))
        for i, term in enumerate(frame.columns):
            parts.append(
                pd.DataFrame(
                    {
                        "grpvar": group,
                        "term": term,
                        "grp": frame.index.to_numpy(),
                        "condval": frame.iloc[:, i].to_numpy(),
                        "condsd": sds[:, i],
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def coef(fixed: pd.Series, modes: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return fixed effect plus conditional mode for each level, as ``lme4::coef``.

    A random effect without a fixed counterpart gets a column of its own, first, with a fixed effect of zero.
    """
    result = {}
    for group, frame in modes.items():
        names = [*(name for name in dict.fromkeys(frame.columns) if name not in fixed.index), *fixed.index]
        totals = pd.DataFrame(0.0, index=frame.index, columns=pd.Index(names, dtype=object))
        totals[list(fixed.index)] = fixed.to_numpy()
        for i, name in enumerate(frame.columns):
            totals[name] += frame.iloc[:, i]
        result[group] = totals
    return result


def check_group(group: str, known: list[str]) -> None:
    """Raise `DataError` unless a grouping factor of that name is in the model."""
    if group not in known:
        hint = nearest(group, known, "the model has")
        raise DataError(f"'{group}' is not a grouping factor of the model; {hint}")
