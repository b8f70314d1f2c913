"""The curve of a parameter, whatever the kind of the model."""

from __future__ import annotations

from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.linear_fit import as_linear
from mixwidget.inference.curve import Curve, Parameter
from mixwidget.inference.generalized_curve import GeneralizedCurve
from mixwidget.inference.linear_curve import LinearCurve


def curve_of(fit: Fit, parameter: Parameter) -> Curve:
    """Return the profile of a parameter of a maximum-likelihood fit."""
    if isinstance(fit, GeneralizedFit):
        return GeneralizedCurve(fit, parameter)
    return LinearCurve(as_linear(fit), parameter)
