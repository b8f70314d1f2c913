"""The number of different rows is exact while there are few of them, and near afterwards."""

from __future__ import annotations

import numpy as np
import pytest

from mixwidget.sources.distinct import DistinctRows


@pytest.mark.parametrize(("n_rows", "n_different"), [(3_000, 40), (60_000, 4_000), (200_000, 50_000)])
def test_different_rows_are_counted(n_rows, n_different):
    rng = np.random.default_rng(3)
    cells = np.concatenate([np.arange(n_different), rng.integers(0, n_different, n_rows - n_different)])
    rows = DistinctRows()
    for part in np.array_split(rng.permutation(cells), 7):
        rows.add([part % 64, part // 64 + 0.25])
    error = 0.0 if n_different < 4_096 else 0.06
    assert rows.count == pytest.approx(n_different, rel=error)
