"""Data shared by the tests of the design."""

import pandas as pd
import pytest

from tests.oracles import load_data


@pytest.fixture(scope="session")
def toy():
    """Return the toy data with columns of every type; treat as read-only."""
    data = load_data("toy")
    return data.assign(
        b=data["x"] > 0,
        o=pd.Categorical(data["h"], ordered=True),
        text=data["g"].astype(str),
        far=1000 + data["z"],
        n=[10, 9, 100, 0.5] * 12,
        **{"a b": data["z"]},
    )
