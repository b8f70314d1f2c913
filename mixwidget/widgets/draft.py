"""A model that is being chosen: its formula as choices or as typed, family, weights, criterion."""

from __future__ import annotations

from dataclasses import dataclass, field

from mixwidget.errors import FormulaError
from mixwidget.formula.choice import FormulaChoice, why_incomplete, write_choice
from mixwidget.views.response_family import LINEAR


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What is to be fitted.

    Attributes
    ----------
    family : str
        ``"gaussian"`` is a linear model, ``"negative.binomial"`` one whose shape is estimated.
    weights : str
        A column, or empty.
    """

    formula: str
    family: str = LINEAR
    link: str = ""
    weights: str = ""
    reml: bool = True

    @property
    def is_linear(self) -> bool:
        """Whether it is a linear model."""
        return self.family == LINEAR and self.link in ("", "identity")


@dataclass(frozen=True, slots=True)
class Draft:
    """The model as it is chosen.

    Attributes
    ----------
    typed : str or None
        The formula as somebody typed it; None where clicks have written it.
    is_family_given : bool
        Whether the family was chosen, so that another response leaves it alone.
    error : FormulaError or None
        Why what was typed cannot be read; the choices are those before it.
    """

    choice: FormulaChoice = field(default_factory=FormulaChoice)
    typed: str | None = None
    family: str = LINEAR
    link: str = "identity"
    weights: str = ""
    reml: bool = True
    is_family_given: bool = False
    error: FormulaError | None = None

    @property
    def formula(self) -> str:
        """The text of the formula."""
        return write_choice(self.choice) if self.typed is None else self.typed

    @property
    def problem(self) -> FormulaError | None:
        """What keeps it from being fitted."""
        return self.error or why_incomplete(self.formula)

    @property
    def request(self) -> ModelRequest:
        """What is to be fitted."""
        return ModelRequest(self.formula, self.family, self.link, self.weights, self.reml)
