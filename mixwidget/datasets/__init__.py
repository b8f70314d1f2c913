"""Small teaching data sets with source and citation, loaded by name."""

from __future__ import annotations

from mixwidget.datasets.catalogue import list_datasets
from mixwidget.datasets.load import load_dataset

__all__ = ["list_datasets", "load_dataset"]
