"""What all our widgets have in common: the script, the theme, the twin that is saved beside the live view."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from mixwidget.widgets.cells import SHOWN
from mixwidget.widgets.fallback import wants_static
from mixwidget.widgets.shell import in_kernel, publish
from mixwidget.widgets.static_files import static_text
from mixwidget.widgets.theme import checked_theme
from mixwidget.widgets.twin_output import TwinOutput


class SavedWidget(anywidget.AnyWidget):
    """A widget whose cell shows two outputs: the twin, which is saved, and the live view that hides the twin.

    A class of this kind sets ``_twin`` and says in `still_bundle` what stands where no widget can be shown.
    """

    # texts, not paths: a widget whose file anywidget watches is never let go
    _esm = static_text("loader.js")
    _css = static_text("widget.css")

    script = traitlets.Unicode(static_text("widget.js")).tag(sync=True)
    # the script of the pictures comes when a page first looks at one
    pictures = traitlets.Unicode("").tag(sync=True)
    theme = traitlets.Any("auto").tag(sync=True)
    twin = traitlets.Unicode("").tag(sync=True)  # the name of the output that this widget hides

    _twin: TwinOutput

    def __del__(self) -> None:
        if hasattr(self, "_twin"):  # else it was refused while it was made, and is on no page
            super().__del__()

    @traitlets.validate("theme")
    def _check_theme(self, proposal: Any) -> str:
        return checked_theme(proposal["value"])

    def show(self, value: object = None) -> None:
        """Show the widget below the running cell: its twin, which is saved, and the live view that hides the twin.

        Parameters
        ----------
        value : object
            What the cell displays, if that is not the widget itself.
        """
        SHOWN.show(self, value)
        self._twin.show()
        data, metadata = super()._repr_mimebundle_() or ({}, {})
        publish({**data, "text/html": "", "text/plain": ""}, metadata)

    def _ipython_display_(self) -> None:
        if not in_kernel() or wants_static():
            raise NotImplementedError  # IPython takes the mime bundle then
        self.show()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the live widget, and beside it HTML and text for where it cannot run."""
        live = None if wants_static() else super()._repr_mimebundle_(**kwargs)
        data, metadata = live if live is not None else ({}, {})
        return {**data, **self.still_bundle()}, metadata

    def still_bundle(self) -> dict[str, str]:
        """Return HTML without script, and text."""
        raise NotImplementedError
