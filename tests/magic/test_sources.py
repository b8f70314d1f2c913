"""``%%lmer`` and ``%%glmer`` of data larger than memory: files by their path, relations, lazy frames, variables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from IPython.core.error import UsageError

import mixwidget as mw
from mixwidget.answers import progress
from mixwidget.errors import DataError
from mixwidget.magic.completer import complete
from mixwidget.magic.namespace import named_data
from mixwidget.widgets import output_line
from tests.widgets.test_output_line import Page

SLOPES = "Reaction ~ Days + (Days | Subject)"
TICKS = "TICKS ~ YEAR + (1 | BROOD)"
QUIET = mw.Control(warn=False)
RTOL = 1e-9  # one optimum, from rows and from their sums


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with two data sets as files, in which the notebook runs."""
    monkeypatch.chdir(tmp_path)
    Path("files").mkdir()
    for name in ("sleepstudy", "grouseticks"):
        data = mw.load_dataset(name)
        data[: len(data) // 2].to_parquet(f"files/{name}_1.parquet")
        data[len(data) // 2 :].to_parquet(f"files/{name}_2.parquet")
    mw.load_dataset("sleepstudy").to_csv("sleep.csv", index=False)
    Path("files/notes.txt2").touch()
    return tmp_path


def _sources():
    duckdb, polars = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    return {
        "relation": duckdb.read_parquet("files/grouseticks_*.parquet"),
        "lazy": polars.scan_parquet("files/grouseticks_*.parquet"),
        "batches": mw.in_batches(mw.load_dataset("grouseticks"), 100),
        "text": "files/grouseticks_*.parquet",
        "path": Path("files/grouseticks_1.parquet").parent / "grouseticks_*.parquet",
        "opens": lambda: duckdb.read_parquet("files/grouseticks_*.parquet"),
    }


@pytest.mark.parametrize("name", ["relation", "lazy", "batches", "text", "path", "opens"])
def test_a_source_of_the_notebook_is_fitted(shell, folder, name):
    shell.user_ns |= _sources()
    result = shell.run_cell(f"%%glmer data={name} family=poisson -o fit\n{TICKS}")
    assert result.success
    fit = shell.user_ns["fit"]
    expected = mw.glmer(TICKS, mw.load_dataset("grouseticks"), "poisson", control=QUIET)
    assert fit.criterion == pytest.approx(expected.criterion, rel=RTOL)
    assert fit.call.data == name
    assert f"Data: {name}" in str(fit.summary())


def test_a_search_through_rows_on_disk_leaves_nothing_in_the_cell(shell, folder, monkeypatch):
    data = mw.load_dataset("grouseticks")
    data["exact"] = np.random.default_rng(1).normal(size=len(data))
    data.to_parquet("files/exact.parquet")
    page = Page()
    monkeypatch.setattr(output_line, "running_shell", lambda: SimpleNamespace(kernel=object(), display_pub=page))
    monkeypatch.setattr("mixwidget.fit.generalized_from_source.fits_merged", lambda n, n_columns: False)  # noqa: ARG005
    monkeypatch.setattr(progress, "SILENT_SECONDS", -1.0)
    monkeypatch.setattr(progress, "BETWEEN_SECONDS", -1.0)
    seen: list[str] = []
    monkeypatch.setattr(page, "publish", _seeing(page.publish, seen))
    cell = "%%glmer data='files/exact.parquet' family=poisson -o fit\nTICKS ~ exact + (1 | BROOD)"
    assert shell.run_cell(cell).success
    assert any("search through 403 rows on disk" in text and "rows/s" in text for text in seen)
    assert list(page.outputs.values()) == [{}]
    assert "rows_on_disk" in [found.code for found in shell.user_ns["fit"].diagnostics]


def _seeing(publish: Callable[..., None], seen: list[str]) -> Callable[..., None]:
    def published(data: dict[str, str], **details: Any) -> None:
        seen.append(data.get("text/plain", ""))
        publish(data, **details)

    return published


@pytest.mark.parametrize("path", ["files/sleepstudy_*.parquet", "sleep.csv"])
@pytest.mark.parametrize("quote", ['"', "'", ""])
def test_the_path_of_files_is_fitted(shell, folder, path, quote):
    shell.run_cell_magic("lmer", f"data={quote}{path}{quote} --ml -o fit", SLOPES)
    fit = shell.user_ns["fit"]
    assert fit.criterion == pytest.approx(
        mw.lmer(SLOPES, mw.load_dataset("sleepstudy"), reml=False).criterion, rel=RTOL
    )
    assert f'Data: "{path}"' in str(fit.summary())


def test_a_line_takes_a_path(shell, folder):
    result = shell.run_cell(f"fit = %lmer {SLOPES} data='files/sleepstudy_*.parquet' subset=\"Days > 1\"")
    assert result.success
    assert shell.user_ns["fit"].nobs == 144


def test_several_formulas_of_a_source_are_compared(shell, folder):
    shell.user_ns |= _sources()
    shown = shell.run_cell_magic("glmer", "data=lazy family=poisson", f"m0 << TICKS ~ 1 + (1 | BROOD)\nm1 << {TICKS}")
    assert "Likelihood-ratio tests" in shown._repr_html_()
    assert shell.user_ns["_lmer"] is shell.user_ns["m1"]


def test_a_path_without_files_is_said(shell, folder):
    with pytest.raises(DataError, match=r"no file matches 'file/\*\.parquet'"):
        shell.run_cell_magic("lmer", 'data="file/*.parquet"', SLOPES)
    shell.user_ns["wrong"] = "nowhere.csv"
    with pytest.raises(DataError, match=r"no file matches 'nowhere\.csv'"):
        shell.run_cell_magic("lmer", "data=wrong", SLOPES)


def test_data_in_batches_are_not_chosen_from_by_clicks(shell, folder):
    shell.user_ns |= _sources()
    with pytest.raises(DataError, match="these data come in batches; write a formula, or choose by a sample"):
        shell.run_line_magic("lmer", "lazy")
    with pytest.raises(DataError, match="these data come in batches"):
        shell.run_line_magic("lmer", 'data="sleep.csv"')


def test_arrays_beside_a_source_are_refused(shell, folder):
    shell.user_ns |= {**_sources(), "w": pd.Series([1.0] * 403)}
    with pytest.raises((DataError, UsageError), match="weights"):
        shell.run_cell_magic("glmer", "data=lazy family=poisson weights=w", TICKS)


def test_sources_are_offered_without_being_counted(folder):
    class Counted:
        """A table of a database: its shape is a query."""

        __arrow_c_stream__ = None

        @property
        def shape(self):
            raise AssertionError("the rows were counted")

    variables = {**_sources(), "counted": Counted(), "sleep": mw.load_dataset("sleepstudy")}
    assert named_data(variables) == ["batches", "counted", "lazy", "relation", "sleep"]


PLACES = {
    '%%lmer data="files/sl¦': ("files/sl", ["files/sleepstudy_1.parquet", "files/sleepstudy_2.parquet"]),
    '%%lmer data="¦': ("", ["lazy", "files/", "sleep.csv"]),
    "%%lmer data='fi¦": ("fi", ["files/"]),
    "fit = %lmer y ~ x data='sle¦": ("sle", ["sleep.csv"]),
    '%%lmer data="files/¦': (
        "files/",
        [f"files/{name}_{i}.parquet" for name in ("grouseticks", "sleepstudy") for i in (1, 2)],
    ),
    '%%lmer data="sleep.csv"\nReaction ~ D¦': ("D", ["Days"]),
    '%%lmer data="files/sleepstudy_*.parquet" -o fit\nRea¦': ("Rea", ["Reaction"]),
    "%%glmer data=lazy\nTICKS ~ Y¦": ("Y", ["YEAR"]),
    "%%glmer data=text\nTICKS ~ Y¦": ("Y", ["YEAR"]),
    "%%glmer data=opens\nTICKS ~ Y¦": ("Y", []),
    '%%lmer data="nowhere.csv"\nRea¦': ("Rea", []),
}


@pytest.mark.parametrize("place", PLACES)
def test_paths_and_their_columns_are_offered(folder, place):
    names = {name: _sources()[name] for name in ("lazy", "text", "opens")}
    before, _, after = place.partition("¦")
    line, column = before.count("\n"), len(before.rsplit("\n", 1)[-1])
    assert complete(before + after, line, column, names) == PLACES[place]
