"""What the playground and its page send each other: settings, lessons, sliders, the record; what is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mixwidget.errors import OptionError
from mixwidget.teaching.presets import PRESETS, Preset, find_preset
from mixwidget.teaching.record import RecordView
from mixwidget.teaching.settings import LIMITS, Settings, settings_from
from mixwidget.views.view import View

MAX_AT_ONCE = 100
SUITED: dict[str, dict[str, float]] = {
    "gaussian": {"intercept": 10.0, "slope": 2.0, "sd_intercept": 2.0, "sd_slope": 1.0},
    "binomial": {"intercept": 0.0, "slope": 1.0, "sd_intercept": 1.0, "sd_slope": 0.5},
}
MAX_SEED = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Slider(View):
    """A number of the settings, as a slider shows it.

    Attributes
    ----------
    family : str
        The response that it is for; empty for both.
    needs : str
        The switch without which it means nothing; empty without one.
    """

    name: str
    label: str
    low: float
    high: float
    step: float
    family: str = ""
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Switch(View):
    """A yes or no of the settings."""

    name: str
    label: str


def _slider(name: str, label: str, step: float, family: str = "", needs: str = "") -> Slider:
    low, high = LIMITS[name]
    return Slider(name, label, float(low), float(high), step, family, needs)


SLIDERS = (
    _slider("n_groups", "Groups", 1.0),
    _slider("n_rows", "Rows a group", 1.0),
    _slider("sd_intercept", "SD of intercepts", 0.1),
    _slider("sd_slope", "SD of slopes", 0.1),
    _slider("correlation", "Correlation", 0.05),
    _slider("sd_residual", "Residual SD", 0.1, "gaussian"),
    _slider("intercept", "Intercept", 0.5),
    _slider("slope", "Slope of x", 0.1),
    _slider("outlier", "One group off, in SDs", 0.5),
    _slider("residual_ratio", "Residual SD, every second group times", 0.5, "gaussian"),
    _slider("between_slope", "Slope between groups", 0.1, "", "has_trend_between"),
)
SWITCHES = (
    Switch("is_balanced", "Groups of equal size"),
    Switch("has_two_populations", "Two hidden populations"),
    Switch("has_trend_between", "Trend between groups"),
)


@dataclass(frozen=True, slots=True)
class PlaygroundView(View):
    """What the page shows beside the fit.

    Attributes
    ----------
    number : int
        Of the last wish that this answers.
    message : str
        Why nothing was drawn, where it failed.
    preset : str
        The lesson; empty once a setting was changed.
    look_at : str
        What to look at in it.
    """

    number: int
    state: Literal["idle", "drawing", "failed"]
    message: str
    seed: int
    preset: str
    look_at: str
    settings: Settings
    presets: tuple[Preset, ...]
    sliders: tuple[Slider, ...]
    switches: tuple[Switch, ...]
    record: RecordView


@dataclass(frozen=True, slots=True)
class Wanted(View):
    """What the page wants: other settings, a lesson, other samples, an empty record.

    Attributes
    ----------
    number : int
        Counts the wishes.
    preset : str
        A lesson; its settings come first, then those that are given.
    settings : mapping of str to object
        Those that change.
    seed : int or None
        Of the first sample; None for the one after the last.
    n_samples : int
        How many samples to draw, with seeds that count up; 0 draws none.
    forget : bool
        Begin the record anew.
    """

    number: int
    preset: str = ""
    settings: Mapping[str, object] | None = None
    seed: int | None = None
    n_samples: int = 1
    forget: bool = False


def wanted_from_json(value: Mapping[str, Any]) -> Wanted:
    """Read what the page wants.

    Raises
    ------
    OptionError
        If a number is out of its range.
    """
    seed, n_samples = value.get("seed"), int(value.get("n_samples", 1))
    if not 0 <= n_samples <= MAX_AT_ONCE:
        raise OptionError(f"playground: {n_samples} samples at once are too many; choose 1 to {MAX_AT_ONCE}")
    return Wanted(
        int(value["number"]),
        str(value.get("preset", "")),
        dict(value.get("settings") or {}),
        None if seed is None else checked_seed(seed),
        n_samples,
        bool(value.get("forget", False)),
    )


def checked_seed(seed: Any) -> int:
    """Return a seed.

    Raises
    ------
    OptionError
        If it is no whole number from 0 to 2147483647.
    """
    is_whole = isinstance(seed, int | float) and not isinstance(seed, bool) and seed == int(seed)
    if not is_whole or not 0 <= seed <= MAX_SEED:
        raise OptionError(f"playground: seed={seed!r} is no whole number from 0 to {MAX_SEED}")
    return int(seed)


def settings_of(wanted: Wanted, settings: Settings) -> Settings:
    """Return the settings that are wanted, from those that are there.

    Another response begins with sizes that suit it: log-odds of 10 would be ones alone.
    """
    base = find_preset(wanted.preset).settings if wanted.preset else settings
    given = dict(wanted.settings or {})
    family = str(given.get("family", base.family))
    suited = SUITED.get(family, {}) if family != base.family else {}
    return settings_from({**suited, **given}, base)


def preset_of(settings: Settings) -> tuple[str, str]:
    """Return the name of the lesson that has these settings and what to look at, empty without one."""
    for preset in PRESETS.values():
        if preset.settings == settings:
            return preset.name, preset.look_at
    return "", ""
