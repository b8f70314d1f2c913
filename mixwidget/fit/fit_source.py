"""The data of a fit that holds sums instead of rows: where they are read again, and what is stored of them."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike

from mixwidget.errors import DataError
from mixwidget.fit.call import Call
from mixwidget.fit.fit import Fit
from mixwidget.fit.row_summaries import facts_of
from mixwidget.sources.opening import open_source
from mixwidget.sources.source import Source


def stored_call(fit: Fit) -> Call:
    """Return the call as it is stored: of data in batches only a path, as a connection lives in its process alone."""
    if facts_of(fit) is None or isinstance(fit.call.frame, str | PathLike):
        return fit.call
    return replace(fit.call, frame=None)


def source_of(fit: Fit) -> Source:
    """Return the data of a fit without rows, to be read again.

    Raises
    ------
    DataError
        If they are not there any more, as in a fit that was stored.
    """
    source = None if fit.call.frame is None else open_source(fit.call.frame)
    if source is None:
        raise DataError("the fit was stored without its data; give them: fit.augment(data)")
    return source
