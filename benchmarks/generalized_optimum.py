"""Whether generalized fits end at the lowest minimum: ``python -m benchmarks.generalized_optimum --sets 17 --seed 1``.

Small random data sets of `tests/random_generalized.py` (binomial and Poisson; one factor, crossed, nested; slopes) are
fitted by the Laplace approximation with the default search, and from 25 random starts. A *miss* is a fit that ends more
than 1e-3 above the best of them; it is *said* if the fit itself, or `lower_far_away`, names absurd standard deviations.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
from threadpoolctl import threadpool_limits

from mixwidget.control import Control
from mixwidget.engine.criterion.generalized_criterion import Laplace
from mixwidget.engine.criterion.laplace import Approximation
from mixwidget.engine.model.generalized import generalized
from mixwidget.engine.search.optimum import find_optimum
from mixwidget.engine.search.runaway import is_absurd, lower_far_away
from mixwidget.family.read_family import read_family
from tests.random_generalized import DRAWS, draw_arrays, random_starts

MISS = 1e-3  # criterion units
QUIET = Control(warn=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=17, help="of each design and family (there are twelve)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--starts", type=int, default=25)
    options = parser.parse_args()
    print("| design | family | sets | misses | not said | said without a miss | evaluations |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |", flush=True)
    with threadpool_limits(1):
        for place, name in enumerate(DRAWS):
            for family in ("binomial", "poisson"):
                counts = Counter()
                for number in range(options.sets):
                    rng = np.random.default_rng([options.seed, number, place, family == "poisson"])
                    _count(counts, name, family, rng, options.starts)
                print(
                    f"| {name} | {family} | {counts['sets']} | {counts['misses']} | {counts['unsaid']} "
                    f"| {counts['alarms']} | {counts['evaluations'] / max(counts['sets'], 1):.1f} |",
                    flush=True,
                )


def _count(counts: Counter, name: str, family: str, rng: np.random.Generator, n_starts: int) -> None:
    arrays = draw_arrays(name, family, rng)
    if arrays.y.min() == arrays.y.max():  # one class only: refused before a fit
        return
    criterion = Laplace(generalized(arrays, read_family(family), max_dense_columns=1000), Approximation())
    optimum = find_optimum(criterion, control=QUIET)
    said = is_absurd(criterion.layout, optimum.evaluation)
    said = said or lower_far_away(criterion, optimum.basin, control=QUIET) is not None
    best = min(random_starts(criterion, rng, n_starts), default=np.inf)
    missed = optimum.evaluation.value > best + MISS
    counts.update(
        sets=1,
        misses=int(missed),
        unsaid=int(missed and not said),
        alarms=int(said and not missed),
        evaluations=optimum.n_evaluations,
    )


if __name__ == "__main__":
    main()
