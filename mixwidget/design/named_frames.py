"""Which of some variables are data frames, and what their columns are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def data_frames(variables: Mapping[str, Any]) -> list[str]:
    """Return the names of data frames, without those that begin with an underscore.

    Examples
    --------
    >>> import pandas as pd
    >>> data_frames({"b": pd.DataFrame(), "x": 1, "_1": pd.DataFrame()})
    ['b']
    """
    return sorted(name for name, value in variables.items() if not name.startswith("_") and is_frame(value))


def is_frame(value: object) -> bool:
    """Return whether a value is a table of pandas, polars, pyarrow or the like; a fit, a list or a Series is not."""
    shape = getattr(value, "shape", None)
    is_table = hasattr(value, "__dataframe__") or hasattr(value, "__arrow_c_stream__")
    return not isinstance(value, type) and is_table and isinstance(shape, tuple) and len(shape) == 2


def column_names(frame: Any) -> list[str]:
    """Return the names of the columns of a frame."""
    names = frame.column_names if hasattr(frame, "column_names") else frame.columns
    return [str(name) for name in names]
