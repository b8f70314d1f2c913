"""Symmetric matrices of which one triangle has been computed."""

from __future__ import annotations

import numpy as np

TILE = 128  # rows and columns mirrored at once: 128 kB, which stay in the second cache
ABOVE = np.triu(np.ones((TILE, TILE), dtype=bool), 1)


def mirror_lower(matrix: np.ndarray) -> np.ndarray:
    """Write the lower triangle of a matrix (m, m) over its upper one, in place, and return the matrix.

    Tile by tile, since a whole column that is read beside a whole row leaves the cache with every entry.

    Examples
    --------
    >>> import numpy as np
    >>> mirror_lower(np.array([[1.0, 0.0], [2.0, 3.0]]))
    array([[1., 2.],
           [2., 3.]])
    """
    for start in range(0, len(matrix), TILE):
        tile, after = slice(start, start + TILE), slice(start + TILE, None)
        matrix[tile, after] = matrix[after, tile].T
        corner = matrix[tile, tile]
        np.copyto(corner, corner.T.copy(), where=ABOVE[: len(corner), : len(corner)])
    return matrix
