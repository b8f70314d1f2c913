"""What `.plot()` gives back: an altair chart that shows itself as a picture, without a network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import altair as alt

from mixwidget.errors import OptionError
from mixwidget.plots.compact import compact
from mixwidget.plots.render import can_convert, specification, to_svg, write_file

NO_CONVERTER = (
    "Drawn by altair, which loads its script from the network: vl-convert-python, which draws without one, "
    "is not installed here."
)


@dataclass(frozen=True, eq=False, repr=False)
class Picture:
    """A chart as a notebook shows it: offline, in the colours of the page, and in a file.

    Attributes
    ----------
    chart : altair chart
        To restyle, combine and publish with altair's own methods.

    Examples
    --------
    >>> import mixwidget as mw
    >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
    >>> picture = fit.plot("residuals").restyle(lambda chart: chart.properties(width=700))
    >>> picture.chart.width
    700
    """

    chart: Any

    @cached_property
    def svg(self) -> str:
        """The picture as SVG: ink in a grey for light and dark pages, dots with titles for a pointer.

        Raises
        ------
        OptionError
            Without vl-convert.
        """
        self._needs_converter("svg")
        return compact(to_svg(self.chart), self.words)

    @property
    def words(self) -> str:
        """What the picture says, as its title does."""
        title = self.chart.title
        parts = [title.text, title.subtitle] if isinstance(title, alt.TitleParams) else [title]
        lines = [[part] if isinstance(part, str) else part for part in parts if part is not alt.Undefined]
        return "\n".join(" ".join(line) for line in lines)

    def restyle(self, change: Callable[[Any], Any]) -> Picture:
        """Return the picture of a changed chart, which a notebook shows as this one.

        Parameters
        ----------
        change : callable
            Takes the altair chart and returns another.

        Raises
        ------
        OptionError
            If what it returns is no chart.
        """
        changed = change(self.chart)
        if not isinstance(changed, alt.TopLevelMixin):
            raise OptionError(
                f"restyle: the function returned {type(changed).__name__}, no altair chart; "
                "altair's methods return the changed chart, as in restyle(lambda chart: chart.properties(width=600))"
            )
        return Picture(changed)

    def save(self, path: str | Path) -> None:
        """Write the picture, in the colours of white paper, as SVG, PNG or PDF by the ending of its name.

        Raises
        ------
        OptionError
            If the ending is none of these, or without vl-convert.
        """
        self._needs_converter("save")
        write_file(self.svg, path)

    def __repr__(self) -> str:
        return f"{self.words}\n(a picture in a notebook; .save('plot.pdf') writes it, .chart is its altair chart)"

    def __getattr__(self, name: str) -> Any:
        chart = self.__dict__.get("chart")  # not there yet while a copy is made
        if not name.startswith("_") and hasattr(chart, name):
            raise AttributeError(f"a picture has no {name!r}, but its altair chart has: .chart.{name}")
        raise AttributeError(f"a picture has no {name!r}; it has .chart, .restyle, .save and .svg")

    def bundle(self) -> dict[str, Any]:
        """Return what a notebook shows, by mime type."""
        if can_convert():
            return {"text/html": _html(self.svg, self.words), "text/plain": repr(self)}
        renderer = cast(Callable[..., Any], alt.renderers.get())
        drawn = renderer(specification(self.chart))
        bundle: dict[str, Any] = drawn[0] if isinstance(drawn, tuple) else drawn
        shown = {"text/html": f"{bundle['text/html']}<p>{NO_CONVERTER}</p>"} if "text/html" in bundle else {}
        return {**bundle, **shown, "text/plain": f"{self!r}\n{NO_CONVERTER}"}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        del include, exclude  # IPython takes from the bundle what it wants
        return self.bundle()

    def _needs_converter(self, what: str) -> None:
        if not can_convert():
            raise OptionError(
                f"{what}: drawing without a browser needs vl-convert-python, which is not installed here; "
                "pip install vl-convert-python, or show .chart, which a browser draws"
            )


def _html(svg: str, words: str) -> str:
    """Return one image, and the script that draws it in the page's colours where scripts may run."""
    data = b64encode(svg.encode()).decode("ascii")
    image = f'<img alt="{escape(words)}" src="data:image/svg+xml;base64,{data}" style="max-width:100%;height:auto">'
    return f'<div class="mw-picture">{image}<script>{_script()}</script></div>'


@cache
def _script() -> str:
    """Return the built script without its banner, whose hash would change every saved notebook with each release."""
    built = (files("mixwidget") / "static" / "picture.js").read_text(encoding="utf-8")
    return built.partition("\n")[2].strip()
