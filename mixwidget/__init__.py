"""lme4's mixed models in the Python kernel, with widgets for the notebook.

>>> import mixwidget as mw
>>> fit = mw.lmer("Yield ~ 1 + (1 | Batch)", mw.load_dataset("dyestuff"))
>>> round(fit.sigma, 4)
49.5101
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from mixwidget import errors

if TYPE_CHECKING:  # what `_HOMES` brings when it is first asked for
    from mixwidget.answers.all_fit import AllFit, all_fit
    from mixwidget.answers.alternatives import alternatives
    from mixwidget.answers.check_design import DesignCheck, check_design
    from mixwidget.answers.compare import Comparison, anova, compare
    from mixwidget.answers.design_picture import DesignPicture, design_picture
    from mixwidget.answers.minimum_prior import minimum_prior
    from mixwidget.answers.simplify import Simplified, simpler, simplify
    from mixwidget.beginning.explore import explore
    from mixwidget.beginning.playground import playground
    from mixwidget.control import Control
    from mixwidget.datasets import list_datasets, load_dataset
    from mixwidget.design.center import center_within, scale
    from mixwidget.fit.prior import Prior
    from mixwidget.glmer import GlmerModel, glmer, glmer_nb
    from mixwidget.handout import handout
    from mixwidget.handout.write import Handout
    from mixwidget.lme4.compare import compare_with_lme4
    from mixwidget.lme4.from_call import from_lme4_call
    from mixwidget.lmer import LmerModel, lmer
    from mixwidget.model import MixedModel
    from mixwidget.sources.opening import in_batches

__version__ = "0.1.0"
__all__ = [
    "AllFit",
    "Comparison",
    "Control",
    "DesignCheck",
    "DesignPicture",
    "GlmerModel",
    "Handout",
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
    "compare_with_lme4",
    "design_picture",
    "errors",
    "explore",
    "from_lme4_call",
    "glmer",
    "glmer_nb",
    "handout",
    "in_batches",
    "list_datasets",
    "lmer",
    "load_dataset",
    "load_ipython_extension",
    "minimum_prior",
    "playground",
    "scale",
    "simpler",
    "simplify",
    "unload_ipython_extension",
]
_HOMES = {
    "mixwidget.answers.all_fit": ("AllFit", "all_fit"),
    "mixwidget.answers.alternatives": ("alternatives",),
    "mixwidget.answers.check_design": ("DesignCheck", "check_design"),
    "mixwidget.answers.compare": ("Comparison", "anova", "compare"),
    "mixwidget.answers.design_picture": ("DesignPicture", "design_picture"),
    "mixwidget.answers.minimum_prior": ("minimum_prior",),
    "mixwidget.answers.simplify": ("Simplified", "simpler", "simplify"),
    "mixwidget.control": ("Control",),
    "mixwidget.datasets": ("list_datasets", "load_dataset"),
    "mixwidget.design.center": ("center_within", "scale"),
    "mixwidget.beginning.explore": ("explore",),
    "mixwidget.fit.prior": ("Prior",),
    "mixwidget.glmer": ("GlmerModel", "glmer", "glmer_nb"),
    "mixwidget.handout": ("handout",),
    "mixwidget.handout.write": ("Handout",),
    "mixwidget.lme4.compare": ("compare_with_lme4",),
    "mixwidget.lme4.from_call": ("from_lme4_call",),
    "mixwidget.lmer": ("LmerModel", "lmer"),
    "mixwidget.model": ("MixedModel",),
    "mixwidget.sources.opening": ("in_batches",),
    "mixwidget.beginning.playground": ("playground",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for (PEP 562), so that `import mixwidget` costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module 'mixwidget' has no attribute {name!r}{_hint(name)}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def _hint(name: str) -> str:
    if name.startswith("_"):
        return ""
    if hasattr(getattr(sys.modules.get("mixwidget.model"), "MixedModel", None), name):
        return f"; a fit has it: fit.{name}"
    near = errors.nearest_name(name, __all__)
    return "" if near is None else f"; did you mean mw.{near}?"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """The package, in which a module never hides the public function of its name: ``mw.lmer`` is the function."""

    def __setattr__(self, name: str, value: Any) -> None:
        is_hidden = isinstance(value, ModuleType) and name in _HOME
        super().__setattr__(name, getattr(value, name) if is_hidden else value)


sys.modules[__name__].__class__ = _Package


def load_ipython_extension(ip: Any) -> None:
    """Register ``%%lmer`` and ``%%glmer``; called by ``%load_ext mixwidget``."""
    from mixwidget.magic.extension import load_ipython_extension as load

    load(ip)


def unload_ipython_extension(ip: Any) -> None:
    """Take ``%%lmer`` and ``%%glmer`` away again; called by ``%unload_ext mixwidget``."""
    from mixwidget.magic.extension import unload_ipython_extension as unload

    unload(ip)
