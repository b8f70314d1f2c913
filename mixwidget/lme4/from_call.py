"""`from_lme4_call`: a fit from the call that R's users would write."""

from __future__ import annotations

import warnings
from typing import Any

from mixwidget.errors import MixwidgetWarning
from mixwidget.fit.caller import level_of_caller, variables_in_caller
from mixwidget.glmer import glmer, glmer_nb
from mixwidget.lme4.call_text import read_call
from mixwidget.lme4.find_data import find_data
from mixwidget.lme4.options import read_request
from mixwidget.lmer import lmer
from mixwidget.model import MixedModel

_FUNCTIONS = {"lmer": lmer, "glmer": glmer, "glmer_nb": glmer_nb}


def from_lme4_call(call: str, data: Any = None) -> MixedModel:
    """Fit the model of a call of R, as text: ``lmer``, ``glmer``, ``glmer.nb``, or blme's ``blmer`` and ``bglmer``.

    The fit is the one that R's call means: ``||`` keeps the columns of a factor together as lme4 does, and of families
    with a dispersion lme4's approximation is taken. What steers R's search is left out with a `MixwidgetWarning`.

    Parameters
    ----------
    call : str
        As it stands in a script of R, with comments and line breaks, ``m <-`` before it or not. Values are read as
        they are written: variables of R are not known here.
    data : data frame, or mapping of str to data frame, optional
        The data, or frames by the names that they have in R. Without it the call's ``data`` is a variable where this
        function is called, or else one of the data sets of `list_datasets`.

    Returns
    -------
    LmerModel or GlmerModel

    Raises
    ------
    FormulaError
        With carets under the part of the call that has no counterpart.
    DataError, OptionError, FitError, ProblemTooLargeError
        Where no fit is possible.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.from_lme4_call("m1 <- lmer(Reaction ~ Days + (Days | Subject), data = sleepstudy, REML = FALSE)")
    >>> round(fit.criterion, 4)
    1751.9393
    """
    read = read_call(call)
    variables = variables_in_caller(depth=2)
    request = read_request(read, variables)
    frame, name = find_data(read, request.data, data, variables)
    fit = _FUNCTIONS[request.function](request.formula, frame, data_name=name, **request.options)
    for sentence in request.left_out:
        warnings.warn(MixwidgetWarning(str(sentence)), stacklevel=level_of_caller())
    return fit
