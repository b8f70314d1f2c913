"""What a widget gives to pages without a kernel: its traits, itself standing still, and a handout of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mixwidget.widgets.fallback import fallback_html


class WithPages:
    """The half of a `FitWidget` that pages are made of.

    Attributes
    ----------
    write : callable or None
        ``fit.to_html`` of the model that the widget was made of.
    keep : callable or None
        Returns what its twin holds beside its traits, for pages that are made of the notebook.
    """

    write: Callable[..., Any] | None = None
    keep: Callable[..., dict[str, Any]] | None = None
    _saved: tuple[str, ...]  # the traits that a saved page needs
    _shown: Callable[..., Any]

    def to_html(self, path: str | Path, structures: Sequence[Any] | None = None, **options: Any) -> Any:
        """Write a page of one file in which the widget works offline; options are those of ``fit.to_html``.

        Examples
        --------
        >>> import mixwidget as mw, os, tempfile
        >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
        >>> path = os.path.join(tempfile.mkdtemp(), "picker.html")
        >>> fit.picker().to_html(path, structures=["(Days || Subject)", "(1 | Subject)"]).n_structures
        3
        """
        if self.write is None:
            raise RuntimeError("this widget was made without a way to write pages")
        return self.write(path, structures, shown=self, **options)

    def still_html(self) -> str:
        """Return it as HTML without script."""
        return fallback_html(*self._shown())

    def kept(self) -> dict[str, Any]:
        """Return what its twin holds beside its traits."""
        return {} if self.keep is None else self.keep(self)

    def state(self) -> dict[str, Any]:
        """Return the traits that a saved page needs."""
        return {name: getattr(self, name) for name in self._saved}
