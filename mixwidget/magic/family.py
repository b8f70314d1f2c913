"""What ``family=`` and ``link=`` of ``%%glmer`` stand for: R's names, or a family object. No IPython here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mixwidget.errors import OptionError

_WITH_LINK = re.compile(r"""(?P<family>[\w.]+)\(\s*(?:link\s*=\s*)?["']?(?P<link>[^"'()]*?)["']?\s*\)""")
_SHAPED = "negative.binomial"


def family_arguments(family: str, link: str | None, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``family`` and ``link`` for ``mw.glmer``; ``link`` alone where ``mw.glmer_nb`` estimates a shape.

    Parameters
    ----------
    family : str
        A name, R's ``binomial(probit)``, or a variable that holds a statsmodels family.
    link : str or None
    variables : mapping
        The names of the notebook.

    Raises
    ------
    OptionError
        If the family or its link is not known, with the nearest one, or the link is given twice.

    Examples
    --------
    >>> family_arguments("binomial(probit)", None, {}), family_arguments("nb", None, {})
    ({'family': 'binomial', 'link': 'probit'}, {'link': 'log'})
    """
    from mixwidget.family.read_family import read_family

    found = _WITH_LINK.fullmatch(family)
    if found:
        if link is not None and found["link"]:
            raise OptionError(f"family={family} and link={link} both name a link; leave one out")
        family, link = found["family"], found["link"] or link
    held = variables.get(family)
    if hasattr(held, "variance") and hasattr(held, "link"):
        return {"family": held, "link": link}
    known = read_family(family, link)
    name, its_link = known.distribution.name, known.link.name
    return {"link": its_link} if name == _SHAPED else {"family": name, "link": its_link}


def family_names() -> list[str]:
    """Return the families that can be named."""
    from mixwidget.family.read_family import ALLOWED_LINKS

    return list(ALLOWED_LINKS)


def link_names(family: str) -> list[str]:
    """Return the links of a family, its own first; those of all families where it is not known.

    Examples
    --------
    >>> link_names("poisson")
    ['log', 'identity', 'sqrt']
    """
    from mixwidget.family.read_family import ALLOWED_LINKS, read_family

    try:
        return list(ALLOWED_LINKS[read_family(family).distribution.name])
    except OptionError:
        return list(dict.fromkeys(link for links in ALLOWED_LINKS.values() for link in links))
