"""Arrays on disk, in files without a name: what becomes of the process, they leave nothing behind."""

from __future__ import annotations

import shutil
import tempfile

import numpy as np


def spooled(shape: tuple[int, ...], dtype: type = np.float64) -> np.ndarray:
    """Return an array of zeros whose pages are on disk, in the folder for temporary files (``TMPDIR``).

    The file is removed from its folder before it is written to: it is gone with the last array that shows it, however
    the process ends.

    Examples
    --------
    >>> spooled((2, 3)).sum()
    np.float64(0.0)
    """
    if 0 in shape:
        return np.zeros(shape, dtype)
    with tempfile.TemporaryFile(prefix="mixwidget-") as file:
        file.truncate(int(np.prod(shape)) * np.dtype(dtype).itemsize)
        return np.memmap(file, dtype, "r+", shape=shape).view(np.ndarray)


def free_disk() -> int:
    """Return how many bytes the folder for temporary files has left."""
    return shutil.disk_usage(tempfile.gettempdir()).free
