"""``%%lmer`` and ``%%glmer``: read the options, fit, name the fits, show them."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable
from typing import Any

from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class, needs_local_scope, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments

from mixwidget.errors import OptionError
from mixwidget.handout import handout
from mixwidget.magic.cell import parse_cell
from mixwidget.magic.clean_errors import clean_errors
from mixwidget.magic.exploring import data_alone, explore
from mixwidget.magic.fitting import fit_formulas, show, tell_findings
from mixwidget.magic.handout_line import read_handout_line
from mixwidget.magic.options import GLMER, LMER, options_of, split_line
from mixwidget.widgets.names import LAST_FIT

_SPACED = re.compile(r"(\w+) *= *([^\s=]+)")


def _documented(magic: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Put the options of a magic into the help that ``%%lmer?`` shows."""

    def documented(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options_of(magic)):
            if option.spellings[0].endswith("="):
                metavar = option.spellings[0] + option.metavar
                function = argument(option.field, nargs="?", metavar=metavar, help=option.help)(function)
            elif option.metavar:
                function = argument(*option.spellings, metavar=option.metavar, help=option.help)(function)
            else:
                function = argument(*option.spellings, action="store_true", help=option.help)(function)
        return magic_arguments()(function)

    return documented


@magics_class
class MixedMagics(Magics):
    """The magics of mixwidget."""

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    @_documented(LMER)
    def lmer(self, line: str, cell: str | None = None, local_ns: dict[str, Any] | None = None) -> Any:
        """Fit linear mixed models written as in R's lme4, and show them.

        ::

            %%lmer data=sleep -o fit
            Reaction ~ Days + (Days | Subject)      # comments are allowed

            %%lmer data=sleep
            m1 << Reaction ~ Days + (1 | Subject)
            m2 << Reaction ~ Days +                 # an operator or an open bracket continues the line
                  (Days | Subject)

            fit = %lmer Reaction ~ Days + (Days | Subject) data=sleep

            %%lmer data="trips/*.parquet" -o fit    # files larger than memory; or the name of a DuckDB relation, ...
            fare ~ distance + (distance | driver)

            %lmer sleep                             # no formula: choose the model by clicks

        Several formulas are compared side by side. The last fit is also called _lmer. A word such as $rhs stands for
        the text or number that the variable rhs holds. A semicolon at the end shows nothing.
        """
        return self._run(LMER, line, cell, local_ns)

    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    @_documented(GLMER)
    def glmer(self, line: str, cell: str | None = None, local_ns: dict[str, Any] | None = None) -> Any:
        """Fit generalized linear mixed models (logistic, Poisson, ...) written as in R's lme4, and show them.

        ::

            %%glmer data=crowding family=binomial -o fit
            ResponseCorrect ~ 1 + Size * Condition + (1 + Size * Condition | Subject)

            %%glmer data=cbpp family=binomial nagq=9
            cbind(incidence, size - incidence) ~ period + (1 | herd)

            %%glmer data=ticks family=poisson
            m1 << TICKS ~ YEAR + (1 | BROOD)
            m2 << TICKS ~ YEAR + (1 | BROOD) + (1 | INDEX)

            fit = %glmer TICKS ~ YEAR + (1 | BROOD) data=ticks family=negative.binomial

        The response is 0/1, true or false, a factor of two levels (the second is success), cbind(successes, failures),
        proportions with their numbers of trials as weights, counts, or positive numbers, as the family takes it.
        family=negative.binomial estimates the shape too, as glmer.nb. Several formulas are compared side by side.
        The last fit is also called _lmer. A word such as $rhs stands for the text or number that the variable rhs
        holds. A semicolon at the end shows nothing.
        """
        return self._run(GLMER, line, cell, local_ns)

    @no_var_expand
    @needs_local_scope
    @line_magic
    def lmer_handout(self, line: str, local_ns: dict[str, Any] | None = None) -> Any:
        """Write fits and widgets of the notebook as one HTML file that works offline.

        ::

            %lmer_handout                                    # the last fit, as handout.html
            %lmer_handout sleep.html m1 m2 title="Sleep"     # these, by name

        What pickers may be clicked to is chosen by ``mw.handout([...], path, structures=[...])``.
        """
        user_ns = self.shell.user_ns  # type: ignore[union-attr]  # magics run in a shell only
        with clean_errors():
            asked = read_handout_line(line, ChainMap(local_ns or {}, user_ns))
            return handout(asked.parts, asked.path, title=asked.title)

    def _run(self, magic: str, line: str, cell: str | None, local_ns: dict[str, Any] | None) -> Any:
        user_ns = self.shell.user_ns  # type: ignore[union-attr]  # magics run in a shell only
        variables = ChainMap(local_ns or {}, user_ns)
        with clean_errors():
            options, rest = split_line(line, magic)
            alone = None if cell is not None else data_alone(rest, options)
            if alone is not None:
                return explore(alone, options, variables, magic)
            parsed = parse_cell(_body(rest, cell, magic), user_ns)
            fits = fit_formulas(parsed.formulas, options, variables, magic)
            user_ns.update({fit.name: fit.model for fit in fits if fit.name} | {LAST_FIT: fits[-1].model})
            is_silent = parsed.is_silent or options.no_display
            return tell_findings(fits) if is_silent else show(fits)


def _body(rest: str, cell: str | None, magic: str) -> str:
    if cell is None:
        return rest
    if rest:
        raise OptionError(f"{rest!r} is no option; {_advice(rest, magic)}")
    return cell


def _advice(rest: str, magic: str) -> str:
    if spaced := _SPACED.fullmatch(rest):
        return f"write {spaced[1]}={spaced[2]} without spaces"
    if rest.startswith("-o"):
        return f"write -o {rest[2:].strip('= ')} with a space"
    if rest.isidentifier():
        return f"write data={rest} for the data"
    return f"write data=NAME here, and formulas in the lines below %%{magic}; a value with spaces stands in quotes"
