"""The options on the first line of a magic, such as ``data=sleep --ml -o fit``. No IPython here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mixwidget.errors import OptionError, nearest_name


@dataclass(frozen=True, slots=True)
class Option:
    """One option: how it is written and what it does.

    Attributes
    ----------
    field : str
        The attribute of `MagicOptions` it fills.
    spellings : tuple of str
        ``("data=",)`` or ``("-o", "--output")``.
    metavar : str
        What stands for its value in the help; empty for a switch.
    help : str
    magic : str or None
        The only magic that has it; None for an option of all.
    elsewhere : str
        What to do where it is written behind another magic.
    """

    field: str
    spellings: tuple[str, ...]
    metavar: str
    help: str
    magic: str | None = None
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class MagicOptions:
    """The options of one call."""

    data: str | None = None
    family: str = "binomial"
    link: str | None = None
    nagq: str = "1"
    laplace: str = "coherent"
    weights: str | None = None
    subset: str | None = None
    offset: str | None = None
    prior: str | None = None
    fixef_prior: str | None = None
    resid_prior: str | None = None
    ml: bool = False
    output: str | None = None
    no_display: bool = False


LMER, GLMER = "lmer", "glmer"
PRIORS = ("wishart", "invwishart", "gamma", "invgamma")
_GENERALIZED = "use %%glmer for a generalized model"
LAPLACE = ("coherent", "observed", "lme4")
OPTIONS = (
    Option(
        "data",
        ("data=",),
        "NAME",
        "The data: the name of a data frame or of a source of batches, or the path of files in quotes, such as "
        'data="trips/*.parquet". Always needed.',
    ),
    Option(
        "family",
        ("family=",),
        "FAMILY",
        "The distribution: binomial (the default), poisson, Gamma, inverse.gaussian, gaussian with another link, or "
        "negative.binomial, whose shape is estimated as by glmer.nb; or a statsmodels family object of the notebook.",
        GLMER,
        _GENERALIZED,
    ),
    Option(
        "link",
        ("link=",),
        "LINK",
        "The link, such as probit or log; the family's own unless given. R's family=binomial(probit) is read too.",
        GLMER,
        _GENERALIZED,
    ),
    Option(
        "nagq",
        ("nagq=",),
        "N",
        "1 for the Laplace approximation (the default), more for that many nodes of adaptive Gauss-Hermite quadrature, "
        "0 for joint modes, which is fast and rough.",
        GLMER,
        _GENERALIZED,
    ),
    Option(
        "laplace",
        ("laplace=",),
        "KIND",
        "The approximation: coherent (the default), observed as glmmTMB, or lme4.",
        GLMER,
        _GENERALIZED,
    ),
    Option(
        "weights",
        ("weights=",),
        "NAME",
        "Prior weights, the numbers of trials of proportions: a column, or an array of the notebook.",
    ),
    Option("subset", ("subset=",), '"QUERY"', 'The rows to fit, such as subset="Days > 1", or a mask of the notebook.'),
    Option("offset", ("offset=",), "NAME", "A known part of the response: a column, or an array of the notebook."),
    Option(
        "prior",
        ("prior=",),
        "FAMILY",
        f"A weak prior on the variances, as blme: {', '.join(PRIORS)}; or wishart(strength=0.1).",
    ),
    Option("fixef_prior", ("fixef_prior=",), "FAMILY", "A prior on the fixed effects: normal, normal(sd=[10, 2.5])."),
    Option(
        "resid_prior",
        ("resid_prior=",),
        "FAMILY",
        "A prior on sigma: gamma, invgamma, point(value=1).",
        LMER,
        "generalized models take priors on variances (prior=) and fixed effects (fixef_prior=)",
    ),
    Option(
        "ml",
        ("--ml",),
        "",
        "Fit by maximum likelihood instead of REML.",
        LMER,
        "generalized models are fitted by maximum likelihood always; leave it out",
    ),
    Option("output", ("-o", "--output"), "NAME", "The name the fit gets (for one formula; or write  NAME << formula)."),
    Option("no_display", ("-n", "--no-display"), "", "Show nothing, as a semicolon at the end does."),
)
_REML = {
    LMER: "REML is the default, and --ml asks for maximum likelihood",
    GLMER: "generalized models are fitted by maximum likelihood always",
}
_TOKEN = re.compile(r"""(?:"[^"]*"|'[^']*'|`[^`]*`|[^\s"'`])+""")
_COMMENT = re.compile(r"""(?P<quoted>"[^"]*"|'[^']*'|`[^`]*`)|\#.*""")
_SETTING = re.compile(r"(?P<key>[^\W\d][\w.]*=)(?!=)(?P<value>.*)", re.DOTALL)
_FLAG = re.compile(r"(?P<key>--[\w-]+|-[on](?==|$))(?:=(?P<value>.*))?$", re.DOTALL)


def options_of(magic: str) -> tuple[Option, ...]:
    """Return the options of a magic, in the order of its help."""
    return tuple(option for option in OPTIONS if option.magic in (None, magic))


def split_line(line: str, magic: str = LMER) -> tuple[MagicOptions, str]:
    """Return the options of a line and the rest of it, which is the formula of a line magic.

    Parameters
    ----------
    line : str
    magic : {"lmer", "glmer"}
        Whose line it is.

    Raises
    ------
    OptionError
        If an option is unknown (the nearest one is named), another magic's, comes twice, or has no value.

    Examples
    --------
    >>> options, formula = split_line('y ~ x + (1 | g) data=sleep subset="x > 1" -o fit')
    >>> options.data, options.subset, options.output, formula
    ('sleep', 'x > 1', 'fit', 'y ~ x + (1 | g)')
    """
    tokens = _tokens(_COMMENT.sub(lambda found: found["quoted"] or "", line))
    values: dict[str, str | bool] = {}
    rest: list[str] = []
    while tokens:
        token = tokens.pop(0)
        found = _SETTING.fullmatch(token) or _FLAG.fullmatch(token)
        if not found:
            rest.append(token)
            continue
        option = _known(found["key"], magic)
        if option.field in values:
            raise OptionError(f"{option.spellings[0]} is given twice; once is enough")
        values[option.field] = _value(option, found["value"], tokens)
    return replace(MagicOptions(), **values), " ".join(rest)


def nearest_option(token: str, magic: str = LMER) -> str | None:
    """Return the option of a magic that looks most like a token.

    Examples
    --------
    >>> nearest_option("--lm"), nearest_option("dta="), nearest_option("nAGQ=", "glmer")
    ('--ml', 'data=', 'nagq=')
    """
    return nearest_name(token, _by_spelling(magic), cutoff=0.5)


def _by_spelling(magic: str) -> dict[str, Option]:
    return {spelling: option for option in options_of(magic) for spelling in option.spellings}


def _known(key: str, magic: str) -> Option:
    known = _by_spelling(magic)
    if key in known:
        return known[key]
    if key.lower() in ("reml=", "--reml"):
        raise OptionError(f"unknown option {key}; {_REML[magic]}")
    elsewhere = next((option for option in OPTIONS if key.lower() in option.spellings), None)
    if elsewhere is not None and elsewhere.magic not in (None, magic):
        raise OptionError(f"{key} is an option of %%{elsewhere.magic}; {elsewhere.elsewhere}")
    near = nearest_option(key, magic)
    listed = ", ".join(known)
    hint = f"did you mean {near}?" if near else f"the options are {listed}"
    raise OptionError(f"unknown option {key}; {hint}")


def _value(option: Option, value: str | None, tokens: list[str]) -> str | bool:
    if not option.metavar:
        if value is not None:
            raise OptionError(f"{option.spellings[0]} takes no value; write it alone")
        return True
    if value is None and tokens:
        value = tokens.pop(0)
    if not value:
        separator = "" if option.spellings[0].endswith("=") else " "
        raise OptionError(f"{option.spellings[0]} needs a value: {option.spellings[0]}{separator}{option.metavar}")
    is_quoted = value[0] in "\"'" and value[-1] == value[0] and len(value) > 1
    return value[1:-1] if is_quoted else value


def _tokens(line: str) -> list[str]:
    """Split at spaces outside quotes and brackets."""
    tokens: list[str] = []
    depth = 0
    for match in _TOKEN.finditer(line):
        token = match.group()
        if depth > 0:
            tokens[-1] += " " + token
        else:
            tokens.append(token)
        bare = re.sub(r"""`[^`]*`|"[^"]*"|'[^']*'""", "", token)
        depth += sum(bare.count(bracket) for bracket in "([{") - sum(bare.count(bracket) for bracket in ")]}")
    return tokens
