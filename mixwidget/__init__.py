"""lme4's mixed models in the Python kernel, with widgets for the notebook.

>>> import mixwidget as mw
>>> fit = mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff"))
>>> round(fit.sigma, 4)
49.5101
"""

from __future__ import annotations

from typing import Any

from mixwidget import errors
from mixwidget.answers.all_fit import AllFit, all_fit
from mixwidget.answers.alternatives import alternatives
from mixwidget.answers.check_design import DesignCheck, check_design
from mixwidget.answers.compare import Comparison, anova, compare
from mixwidget.answers.minimum_prior import minimum_prior
from mixwidget.answers.simplify import Simplified, simpler, simplify
from mixwidget.control import Control
from mixwidget.datasets import list_datasets, load_dataset
from mixwidget.design.center import center_within, scale
from mixwidget.fit.prior import Prior
from mixwidget.lmer import LmerModel, lmer
from mixwidget.model import MixedModel

__version__ = "0.1.0"
__all__ = [
    "AllFit",
    "Comparison",
    "Control",
    "DesignCheck",
    "LmerModel",
    "MixedModel",
    "Prior",
    "Simplified",
    "all_fit",
    "alternatives",
    "anova",
    "center_within",
    "check_design",
    "compare",
    "errors",
    "list_datasets",
    "lmer",
    "load_dataset",
    "load_ipython_extension",
    "minimum_prior",
    "scale",
    "simpler",
    "simplify",
    "unload_ipython_extension",
]


def load_ipython_extension(ip: Any) -> None:
    """Register ``%%lmer``; called by ``%load_ext mixwidget``."""
    from mixwidget.magic.extension import load_ipython_extension as load

    load(ip)


def unload_ipython_extension(ip: Any) -> None:
    """Take ``%%lmer`` away again; called by ``%unload_ext mixwidget``."""
    from mixwidget.magic.extension import unload_ipython_extension as unload

    unload(ip)
