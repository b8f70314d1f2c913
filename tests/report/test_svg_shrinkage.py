"""Shrinkage without scripts: a picture that an XML parser reads, with a mark for each level."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

import mixwidget as mw
from mixwidget.inference.pooling_plane import ShrinkageRequest
from mixwidget.report.svg_shrinkage import shrinkage_svg
from mixwidget.views.shrinkage import shrinkage_view
from tests.widgets.fakes import designed

NAMESPACE = "{http://www.w3.org/2000/svg}"


def _drawn(fit):
    view = shrinkage_view(fit, ShrinkageRequest())
    return ET.fromstring(shrinkage_svg(view, fit.design.factors[0].levels))  # noqa: S314  our own text


def _many():
    rng = np.random.default_rng(2)
    group = np.repeat(np.arange(1100), 3)
    effects = rng.normal(size=1100)
    return mw.lmer("y ~ 1 + (1 | g)", pd.DataFrame({"g": group, "y": effects[group] + rng.normal(size=len(group))})).fit


@pytest.mark.parametrize(
    ("fit", "n_levels", "texts"),
    [
        (lambda: designed("sleep_slopes"), 18, {"Days slope", "335", "240"}),
        (lambda: designed("sleep_int"), 18, {"Subject", "335", "240"}),
        (_many, 1100, {"g", "(Intercept): y"}),
    ],
    ids=["plane", "rows", "many"],
)
def test_all_levels_are_in_the_picture(fit, n_levels, texts):
    root = _drawn(fit())
    dots = [path.get("d", "") for path in root.iter(f"{NAMESPACE}path") if path.get("stroke") == "#0b5cad"]
    assert max(d.count("h.01") for d in dots) == n_levels
    assert texts <= {text.text for text in root.iter(f"{NAMESPACE}text")}


def test_names_are_escaped():
    fit = designed("sleep_slopes")
    view = shrinkage_view(fit, ShrinkageRequest())
    root = ET.fromstring(shrinkage_svg(view, ["<b>&"] * 18))  # noqa: S314
    assert "<b>&" in {text.text for text in root.iter(f"{NAMESPACE}text")}
