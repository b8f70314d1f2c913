"""Model matrices of R for the functions and the algebra of the formula language (made by dialect.R)."""

import json
from pathlib import Path

import numpy as np
import pytest

from mixwidget.design.build import build_design
from tests.tolerances import RTOL_DESIGN

STORED = json.loads((Path(__file__).parent / "dialect.json").read_text())


@pytest.mark.parametrize("case", STORED["cases"], ids=lambda case: case["right"])
def test_columns_are_those_of_r(case, toy):
    filled = build_design(f"y ~ {case['right']} + (1 | g)", toy, has_residual=False)
    assert [label for label, _ in filled.design.x_assign if label != "(Intercept)"] == case["labels"]
    # R's model.matrix() drops nothing; what is kept here keeps its numbers and its order
    assert set(filled.design.x_names) | set(filled.design.x_dropped) == set(case["columns"])
    kept = [case["columns"].index(name) for name in filled.design.x_names]
    assert kept == sorted(kept)
    expected = np.array(case["rows"])[:, kept]
    np.testing.assert_allclose(
        filled.rows.X[np.array(STORED["rows"]) - 1], expected, rtol=RTOL_DESIGN, atol=RTOL_DESIGN
    )
    assert np.linalg.matrix_rank(filled.rows.X) == filled.rows.X.shape[1]
