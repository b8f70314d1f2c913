"""The outputs of a notebook, made ready for a page without a kernel and without a network."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

from mixwidget.handout.charts import chart_specification, chart_svg, has_converter
from mixwidget.handout.formulas import output_html
from mixwidget.handout.page import BUNDLE, any_html, live_parts, model_parts
from mixwidget.handout.saved_models import WIDGET_VIEW, page_models, saved_models
from mixwidget.handout.sizes import in_kb
from mixwidget.widgets.twin import bundle

_TWIN = re.compile(r'(<div class="mw-twin" data-of="[^"]*") data-bundle="([^"#]+)"')
_HOLDS = re.compile(r'<div class="mw-twin" (?:"[^"]*"|[^">])*data-state="([^"]*)" data-holds="([^"]*)"')
_TWIN_TAIL = re.compile(
    r"<style>(?:(?!</style>).)*</style>(?:<script>(?:(?!</script>).)*</script>)?(?=</div>\s*$)", re.DOTALL
)
_OUTSIDE = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=["'](?:https?:)?//[^"']+""", re.IGNORECASE)
_LOADED = re.compile(r"""(?:import\(|loadScript\(|require\.config|from\s*)["'(]?\s*["']?https?://""")
HTML, LATEX = "text/html", "text/latex"
CONTROL = "A control that needs a running notebook."


class LiveOutputs:
    """Puts what can live in the place of each output, and keeps what is shared for the end of the page.

    Parameters
    ----------
    metadata : mapping
        Of the notebook.

    Attributes
    ----------
    bundles : list of str
        Packed bundles that twins were saved with by another version of mixwidget.
    outside : list of str
        Tags that would have asked the network.
    holds : list of str
        How many structures each picker holds, and in how many bytes.
    """

    def __init__(self, metadata: Any) -> None:
        self._models = saved_models(metadata)
        self._shown: dict[str, None] = {}
        self._has_twins = False
        self.bundles: list[str] = []
        self.outside: list[str] = []
        self.holds: list[str] = []

    def scripts(self) -> str:
        """Return what stands at the end of the page, empty where nothing in it lives."""
        foreign = "".join(
            f'<script type="text/plain" id="{bundle_name(i)}">{text}</script>' for i, text in enumerate(self.bundles)
        )
        ours = f"{foreign}{live_parts()}" if self._has_twins else ""
        return ours + (model_parts(page_models(self._models, self._shown)) if self._shown else "")

    def of(self, outputs: list[Any]) -> list[Any]:
        """Return the outputs of a cell; the place of a widget that its twin stands for is left out."""
        return [output for output in map(self._made, outputs) if output is not None]

    def _made(self, output: Any) -> Any | None:
        data = output.get("data")
        if data is None:
            return output
        view = data.pop(WIDGET_VIEW, None)
        html = _text(data.get(HTML))
        if view is not None:
            if HTML in data and not html:
                return None  # the live half of an output whose twin stands before it
            data[HTML] = self._mounted(view["model_id"], html or f"<p>{CONTROL}</p>{_plain(data)}")
        elif "mw-twin" in html:
            data[HTML] = self._twin(html)
        elif has_converter() and (specification := chart_specification(data, html)) is not None:
            data[HTML] = f'<div class="mw-chart">{chart_svg(specification)}</div>'
        elif 'class="dataframe"' in html:
            data[HTML] = html.replace("<th></th>", "<td></td>")  # the corner of a table is no header of anything
        elif LATEX in data and not html:
            data[HTML] = output_html(_text(data[LATEX]))
        self._look(data)
        return output

    def _mounted(self, name: str, still: str) -> str:
        if name not in self._models:
            return still
        self._shown[name] = None
        return any_html(name, still)

    def _twin(self, html: str) -> str:
        """Return a twin that shares script and style with all others of its version."""
        self._has_twins = True
        self.holds += [f"{unescape(held)} in {in_kb(len(state))}" for state, held in _HOLDS.findall(html)]

        def shared(found: re.Match[str]) -> str:
            if found[2] in (bundle(True), bundle(False)):
                return f'{found[1]} data-bundle="#{BUNDLE}"'
            if found[2] not in self.bundles:
                self.bundles.append(found[2])
            return f'{found[1]} data-bundle="#{bundle_name(self.bundles.index(found[2]))}"'

        return _TWIN_TAIL.sub("", _TWIN.sub(shared, html))

    def _look(self, data: Any) -> None:
        """Take out what would ask the network: the reader sees the other form of the output, or that it is missing."""
        html = _text(data.get(HTML))
        found = [*_OUTSIDE.findall(html), *_LOADED.findall(html)]
        if not found:
            return
        self.outside += found
        if any(kind in data for kind in ("image/svg+xml", "image/png", "image/jpeg")):
            del data[HTML]
        else:
            data[HTML] = f"<p>This output asks the network, so that it is not shown here.</p>{_plain(data)}"


def bundle_name(number: int) -> str:
    """Return the id of a bundle of another version.

    Examples
    --------
    >>> bundle_name(0)
    'mw-bundle-1'
    """
    return f"{BUNDLE}-{number + 1}"


def _plain(data: Any) -> str:
    text = _text(data.get("text/plain"))
    return f"<pre>{escape(text)}</pre>" if text else ""


def _text(value: Any) -> str:
    """Return the text of a mime type, which notebooks may hold as lines."""
    return "".join(value) if isinstance(value, list) else value or ""
