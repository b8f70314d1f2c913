"""Words and units of columns, as the data frame's ``attrs`` have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mixwidget.fit.fit import Fit


@dataclass(frozen=True, slots=True)
class Labels:
    """What columns are called in pictures and sentences.

    Attributes
    ----------
    words : mapping of str to str
        ``data.attrs["labels"]``: ``{"Reaction": "reaction time"}``.
    units : mapping of str to str
        ``data.attrs["units"]``, each in the singular: ``{"Reaction": "ms", "Days": "day"}``.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def word(self, name: str) -> str:
        """Return what a column is called."""
        return self.words.get(name, name)

    def unit(self, name: str) -> str:
        """Return the unit of a column, empty where none is known."""
        return self.units.get(name, "")

    def title(self, name: str) -> str:
        """Return the title of an axis.

        Examples
        --------
        >>> labels = Labels({"Reaction": "reaction time"}, {"Reaction": "ms", "Days": "day"})
        >>> labels.title("Reaction"), labels.title("Days"), labels.title("x")
        ('Reaction time (ms)', 'Days (day)', 'x')
        """
        word = self.words.get(name)
        shown = name if word is None else word[:1].upper() + word[1:]
        return f"{shown} ({self.units[name]})" if name in self.units else shown

    def slope(self, response: str, of: str) -> str:
        """Return the unit of a slope, empty where either is unknown.

        Examples
        --------
        >>> Labels(units={"Reaction": "ms", "Days": "day"}).slope("Reaction", "Days")
        'ms per day'
        """
        return f"{self.units[response]} per {self.units[of]}" if {response, of} <= set(self.units) else ""


def labels_of(fit: Fit) -> Labels:
    """Return words and units of the data that were fitted; frames without ``attrs`` have none."""
    attrs = getattr(fit.call.frame, "attrs", {})
    return Labels(_texts(attrs.get("labels")), _texts(attrs.get("units")))


def _texts(given: object) -> dict[str, str]:
    return {str(name): str(text) for name, text in given.items()} if isinstance(given, Mapping) else {}
