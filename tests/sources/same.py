"""What it means that a fit of batches is the fit of a frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.sources.source import Source
from tests.tolerances import ATOL_SOURCE_COEFFICIENT, RTOL_SOURCE_CRITERION, RTOL_SOURCE_THETA


def assert_same_labels(found: mw.MixedModel, expected: mw.MixedModel) -> None:
    design, other = found.design, expected.design
    assert found.nobs == expected.nobs
    assert design.x_names == other.x_names
    assert design.x_dropped == other.x_dropped
    assert design.terms == other.terms
    assert design.factors == other.factors


def counting_reads(batches: Source) -> tuple[Source, list[list[str]]]:
    """Return the same source and what grows with each reading of it: the columns that were read."""
    reads: list[list[str]] = []

    def read(columns: list[str]) -> Iterator[Any]:
        reads.append(columns)
        return batches.read(columns)

    return Source(batches.kind, batches.names, read), reads


def assert_same(streamed: mw.LmerModel, expected: mw.LmerModel) -> None:
    assert_same_labels(streamed, expected)
    assert streamed.design.x_assign == expected.design.x_assign
    assert _told(streamed) == _told(expected)
    assert streamed.criterion == pytest.approx(expected.criterion, rel=RTOL_SOURCE_CRITERION)
    scale = np.maximum(expected.stderr, 1e-300)
    np.testing.assert_allclose((streamed.fixef - expected.fixef) / scale, 0.0, atol=ATOL_SOURCE_COEFFICIENT)
    np.testing.assert_allclose(streamed.theta, expected.theta, rtol=RTOL_SOURCE_THETA, atol=RTOL_SOURCE_THETA)
    pd.testing.assert_series_equal(pd.Series(streamed.ngroups), pd.Series(expected.ngroups))


def _told(model: mw.LmerModel) -> list[str]:
    return [found.text for found in model.design.diagnostics if found.code != "repeated_random_effect"]
