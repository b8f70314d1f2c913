"""Data that are drawn, to explore: `playground`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.linear_fit import as_linear
from mixwidget.glmer import GlmerModel
from mixwidget.lmer import LmerModel
from mixwidget.teaching.presets import find_preset
from mixwidget.teaching.settings import Settings, settings_from

if TYPE_CHECKING:
    from mixwidget.model import MixedModel
    from mixwidget.widgets.playground import PlaygroundWidget


def playground(preset: str | None = None, seed: int = 1, theme: str = "auto", **settings: Any) -> PlaygroundWidget:
    """Draw data whose truth is known, fit and explore them, draw again: a widget for lessons.

    Parameters
    ----------
    preset : str, optional
        A lesson: ``"shrinkage"``, ``"unbalanced"``, ``"few_groups"``, ``"singular"``, ``"correlation"``, ``"outlier"``,
        ``"two_populations"``, ``"unequal_variances"``, ``"simpson"``, ``"binomial"``.
    seed : int
        Of the first sample; the same settings and seed give the same data.
    theme : {"auto", "light", "dark"}
    **settings
        Fields of `mixwidget.teaching.settings.Settings`, in the place of those of the lesson: ``n_groups``, ``n_rows``,
        ``is_balanced``, ``intercept``, ``slope``, ``sd_intercept``, ``sd_slope``, ``correlation``, ``sd_residual``,
        ``outlier``, ``has_two_populations``, ``residual_ratio``, ``has_trend_between``, ``between_slope``, ``family``.

    Raises
    ------
    OptionError
        If a lesson or a setting is not known, or out of its range.

    Examples
    --------
    >>> import mixwidget as mw
    >>> play = mw.playground("few_groups", seed=2, n_rows=10)
    >>> play.sample(3)
    >>> play.record.seeds
    (2, 3, 4, 5)
    >>> [row.name for row in play.record.parameters][:2]
    ['(Intercept)', 'x']
    """
    from mixwidget.widgets.playground import PlaygroundWidget
    from mixwidget.widgets.playground_view import checked_seed

    chosen = settings_from(settings, Settings() if preset is None else find_preset(preset).settings)
    return PlaygroundWidget(chosen, checked_seed(seed), theme=theme, present=_model)


def _model(fit: Fit) -> MixedModel:
    """Return a fit as `lmer` or `glmer` would."""
    return GlmerModel(fit) if isinstance(fit, GeneralizedFit) else LmerModel(as_linear(fit))
