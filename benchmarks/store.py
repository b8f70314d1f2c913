"""A data set on disk as plain binary columns, which R and Python read alike."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import data

FOLDER = Path(tempfile.gettempdir()) / "mixwidget-benchmarks"


def stored(name: str) -> Path:
    """Return the folder of a data set, written there the first time it is asked for.

    The folder is named after the code that makes the data, so that a change of that code is a new folder.

    Parameters
    ----------
    name : str
        A key of `benchmarks.data.DATASETS`.

    Returns
    -------
    Path
        A folder that `read` and ``worker.R`` understand.
    """
    code = hashlib.sha256(Path(data.__file__).read_bytes()).hexdigest()[:10]
    folder = FOLDER / f"{name}-{code}"
    if not (folder / "columns.tsv").exists():
        write(data.load(name), folder)
    return folder


def write(frame: pd.DataFrame, folder: Path) -> None:
    """Write the columns of `frame` as float64, or as int32 codes from 1 with a file of levels."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["name\tkind\trows"]
    for name, column in frame.items():
        if isinstance(column.dtype, pd.CategoricalDtype):
            (column.cat.codes.to_numpy(np.int32) + 1).astype("<i4").tofile(folder / f"{name}.bin")
            (folder / f"{name}.levels").write_text("\n".join(map(str, column.cat.categories)) + "\n", encoding="utf-8")
            lines.append(f"{name}\tfactor\t{len(frame)}")
        else:
            column.to_numpy("<f8").tofile(folder / f"{name}.bin")
            lines.append(f"{name}\tnumber\t{len(frame)}")
    (folder / "columns.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def read(folder: Path) -> pd.DataFrame:
    """Return the data frame that `write` put into `folder`."""
    columns: dict[str, np.ndarray | pd.Categorical] = {}
    for line in (folder / "columns.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, kind, _ = line.split("\t")
        if kind == "factor":
            levels = (folder / f"{name}.levels").read_text(encoding="utf-8").splitlines()
            columns[name] = pd.Categorical.from_codes(np.fromfile(folder / f"{name}.bin", "<i4") - 1, levels)
        else:
            columns[name] = np.fromfile(folder / f"{name}.bin", "<f8")
    return pd.DataFrame(columns)


def shape(folder: Path) -> tuple[int, dict[str, int]]:
    """Return the number of rows and the number of levels of each factor."""
    rows, levels = 0, {}
    for line in (folder / "columns.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, kind, count = line.split("\t")
        rows = int(count)
        if kind == "factor":
            levels[name] = len((folder / f"{name}.levels").read_text(encoding="utf-8").splitlines())
    return rows, levels


def digest(folder: Path) -> str:
    """Return a short name for the contents of the folder, the same for the same data."""
    total = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:12]
