"""The lines of an equation that say what a response is distributed as, in LaTeX."""

from __future__ import annotations

from mixwidget.views.generalized_words import GeneralizedWords

LINKS = {
    "logit": "\\operatorname{{logit}}({0})",
    "probit": "\\Phi^{{-1}}({0})",
    "cloglog": "\\operatorname{{cloglog}}({0})",
    "cauchit": "\\operatorname{{cauchit}}({0})",
    "log": "\\log({0})",
    "identity": "{0}",
    "inverse": "1 / {0}",
    "sqrt": "\\sqrt{{{0}}}",
    "1/mu^2": "1 / {0}^2",
}


def predicted(words: GeneralizedWords) -> str:
    """Return the left side of the linear predictor."""
    return LINKS[words.link].format(_mean(words))


def distribution_line(words: GeneralizedWords, response: str, dispersion: str, shape: str) -> str:
    """Return the distribution of a row of the response.

    Parameters
    ----------
    words : GeneralizedWords
    response : str
        In LaTeX, without index.
    dispersion : str
        ``phi``, with its number, over the weight where rows have one.
    shape : str
        ``theta``, with its number.
    """
    mean = _mean(words)
    distributions = {
        "binomial": f"\\mathrm{{Binomial}}(n_i,\\; {mean})",
        "poisson": f"\\mathrm{{Poisson}}({mean})",
        "negative.binomial": f"\\mathrm{{NegativeBinomial}}({mean},\\; {shape})",
        "Gamma": f"\\mathrm{{Gamma}}({mean},\\; {dispersion})",
        "inverse.gaussian": f"\\mathrm{{InverseGaussian}}({mean},\\; {dispersion})",
        "gaussian": f"N({mean},\\; {dispersion})",
    }
    if words.kind == "binary":
        return f"{response} &\\sim \\mathrm{{Bernoulli}}({mean})"
    left = f"n_i\\,{response}" if words.kind == "proportions" else response
    return f"{left} &\\sim {distributions[words.distribution]}"


def _mean(words: GeneralizedWords) -> str:
    return "p_i" if words.distribution == "binomial" else "\\mu_i"
