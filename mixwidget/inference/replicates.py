"""The replicates of a bootstrap: drawn block by block, each from a seed of its own, in one process or in several.

Which data a replicate has depends on the seed of its block alone, and blocks depend on the number of rows alone: so
the same seed gives the same replicates, whoever fits them.
"""

from __future__ import annotations

import pickle
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mixwidget.design.alignment import by_label
from mixwidget.design.response import ReadResponse
from mixwidget.engine.model.sum_draws import DrawnSums, joined
from mixwidget.errors import FitError, OptionError
from mixwidget.fit.drawn_sums import simulate_sums, sum_draws
from mixwidget.fit.fit import Fit
from mixwidget.fit.generalized_fit import GeneralizedFit
from mixwidget.fit.generalized_responses import GeneralizedResponses, own_estimates, says_something
from mixwidget.fit.linear_fit import as_linear
from mixwidget.fit.many_fits import ManyFits
from mixwidget.fit.parameters import parameter_names, parameter_values
from mixwidget.fit.refit import refit, refit_drawn
from mixwidget.fit.resample import resampled_groups, residual_responses
from mixwidget.fit.responses import ResponseFits, fit_responses
from mixwidget.fit.row_summaries import has_sums
from mixwidget.fit.simulate import n_simulated, simulate_held
from mixwidget.fit.solve_like import solve_like
from mixwidget.fit.threads import one_thread
from mixwidget.inference.free_variances import free_names

BLOCK_NUMBERS, LARGEST_BLOCK = 200_000, 25  # responses drawn from one seed: few of long ones, which processes share
BATCH_NUMBERS, LARGEST_BATCH = 2_500_000, 250  # responses fitted together: work arrays of 20 MB
HAS_PROCESSES = sys.platform not in {"emscripten", "wasi"}  # Pyodide has one process: refits go on in it
POLL_SECONDS = 0.2  # how often is asked whether to stop, while other processes work

Statistic = Callable[[Fit], Any]
Fitter = ResponseFits | GeneralizedResponses
Draws = np.ndarray | DrawnSums


@dataclass(frozen=True, slots=True)
class Resampling:
    """How replicates are made.

    Attributes
    ----------
    fit : Fit
    kind : {"parametric", "residual", "case"}
    stat : callable or None
        From a fit to numbers; None for all parameters, which are fitted in batches.
    """

    fit: Fit
    kind: str
    stat: Statistic | None

    def original(self) -> pd.Series:
        """Return the statistics of the fit itself, with their names."""
        return named_values(self.fit, self.stat)


@dataclass(frozen=True, slots=True)
class Block:
    """Some replicates that share a seed."""

    size: int
    seed: int


@dataclass(frozen=True, slots=True)
class Replicates:
    """Rows of statistics, shape (m, statistics), NaN where a refit failed; whether the fits are singular."""

    rows: np.ndarray
    is_singular: np.ndarray


def replicates(resampling: Resampling, n: int, generator: np.random.Generator, processes: int) -> Iterator[Replicates]:
    """Yield n replicates in their order, as many at a time as are done.

    Parameters
    ----------
    resampling : Resampling
    n : int
    generator : numpy.random.Generator
        Gives every block its seed.
    processes : int
        More than one share the blocks, unless all responses are fitted in batches, which is faster in one;
        in JupyterLite there is no more than one.

    Raises
    ------
    OptionError
        If the statistic cannot be sent to other processes.
    """
    blocks = _blocks(n, draw_size(resampling.fit), generator)
    fits = _response_fits(resampling)
    if fits is not None and fits.is_batched:
        yield from _batched(resampling, fits, blocks)
    elif processes > 1 and len(blocks) > 1 and HAS_PROCESSES:
        yield from _shared(resampling, blocks, min(processes, len(blocks)))
    else:
        for block in blocks:
            yield from _one_block(resampling, block, fits)


def named_values(fit: Fit, stat: Statistic | None) -> pd.Series:
    """Return a statistic of a fit as a series: its own names, or ``t``, ``t1``, ``t2``, ..."""
    if stat is None:
        fits = own_estimates(fit) if isinstance(fit, GeneralizedFit) else fit_responses(as_linear(fit), None)
        return pd.Series(_determined(fit, fits)[0], index=parameter_names(fit), name="original")
    values = stat(fit)
    if isinstance(values, pd.Series):
        return values.astype(float)
    if isinstance(values, dict):
        return pd.Series(values, dtype=float)
    flat = np.atleast_1d(np.asarray(values, dtype=float)).ravel()
    return pd.Series(flat, index=[f"t{i}" for i in range(1, len(flat) + 1)] if len(flat) > 1 else ["t"])


def _determined(fit: Fit, fits: ManyFits) -> np.ndarray:
    """Return the parameters of many fits, shape (B, parameters); NaN for those that no data determine."""
    values, free = parameter_values(fits), set(free_names(fit))
    if free:
        values[:, [name in free for name in parameter_names(fit)]] = np.nan
    return values


def draw_size(fit: Fit) -> int:
    """Return how many numbers a response is drawn as: its rows, or where these are not held its sums."""
    return sum_draws(as_linear(fit)).n_numbers if has_sums(fit) else n_simulated(fit)


def batch_size(fit: Fit) -> int:
    """Return how many responses of a fit are drawn and fitted together."""
    return max(1, min(LARGEST_BATCH, BATCH_NUMBERS // draw_size(fit)))


def drawn_together(fit: Fit, n: int, generator: np.random.Generator) -> Draws:
    """Draw n responses with new random effects: as rows, or where these are not held as their sums."""
    return simulate_sums(as_linear(fit), n, generator) if has_sums(fit) else simulate_held(fit, n, generator)


def _response_fits(resampling: Resampling) -> Fitter | None:
    """Return what fits responses for all parameters; None where each replicate is a fit of its own."""
    fit = resampling.fit
    if resampling.stat is not None or resampling.kind == "case":
        return None
    return GeneralizedResponses(fit) if isinstance(fit, GeneralizedFit) else ResponseFits(as_linear(fit))


def _blocks(n: int, n_rows: int, generator: np.random.Generator) -> list[Block]:
    size = max(1, min(LARGEST_BLOCK, BLOCK_NUMBERS // n_rows))
    sizes = [min(size, n - first) for first in range(0, n, size)]
    seeds = generator.integers(2**63, size=len(sizes)).tolist()
    return [Block(*pair) for pair in zip(sizes, seeds, strict=True)]


def _draws(resampling: Resampling, block: Block) -> Draws:
    generator = np.random.default_rng(block.seed)
    if resampling.kind == "parametric":
        return drawn_together(resampling.fit, block.size, generator)
    return residual_responses(resampling.fit, block.size, generator)


def _batched(resampling: Resampling, fits: Fitter, blocks: list[Block]) -> Iterator[Replicates]:
    together = max(1, batch_size(resampling.fit) // blocks[0].size)
    for first in range(0, len(blocks), together):
        for part in _parts(fits, _joined([_draws(resampling, block) for block in blocks[first : first + together]])):
            yield Replicates(_determined(resampling.fit, part), part.is_singular)


def _parts(fits: Fitter, draws: Draws) -> Iterator[ManyFits]:
    if isinstance(fits, ResponseFits):
        return fits.parts(draws)
    if isinstance(draws, DrawnSums):
        raise TypeError("sums are drawn of responses of linear models")
    return fits.parts(draws)


def _joined(draws: list[Any]) -> Draws:
    return joined(draws) if isinstance(draws[0], DrawnSums) else np.concatenate(draws, axis=1)


def _one_block(resampling: Resampling, block: Block, fits: Fitter | None) -> Iterator[Replicates]:
    """Yield the replicates of a block one after the other."""
    if fits is not None:
        for part in _parts(fits, _draws(resampling, block)):
            yield Replicates(_determined(resampling.fit, part), part.is_singular)
        return
    names = resampling.original().index
    for fitted in _refits(resampling, block):
        try:
            fit = fitted()
        except FitError:
            yield Replicates(np.full((1, len(names)), np.nan), np.zeros(1, dtype=bool))
            continue
        found = named_values(fit, resampling.stat)
        values = by_label(
            found, names, "what stat returns for a refit", "the fit", name="the Series", error=OptionError
        )
        yield Replicates(values.to_numpy(dtype=float)[None], np.array([fit.optimum.certificate.is_singular]))


def _refits(resampling: Resampling, block: Block) -> Iterator[Callable[[], Fit]]:
    fit = resampling.fit
    if resampling.kind != "case":
        draws = _draws(resampling, block)
        if isinstance(draws, DrawnSums):
            yield from (partial(refit_drawn, as_linear(fit), draws, i) for i in range(block.size))
        else:
            yield from (partial(_refit, fit, response) for response in draws.T)
        return
    generator, start = np.random.default_rng(block.seed), list(fit.estimates.templates)
    for _ in range(block.size):
        drawn = resampled_groups(fit, generator)
        yield partial(solve_like, fit, drawn.design, drawn.rows, reml=fit.reml, start=start)


def _refit(fit: Fit, response: np.ndarray) -> Fit:
    if isinstance(fit, GeneralizedFit) and not says_something(fit, response):
        raise FitError("the drawn responses are all alike")
    return refit(fit, ReadResponse(response, None, fit.design.response))


@dataclass(slots=True)
class _Work:
    """What a process that shares blocks was told to do."""

    resampling: Resampling
    fits: Fitter | None


_work: _Work | None = None


def _shared(resampling: Resampling, blocks: list[Block], processes: int) -> Iterator[Replicates]:
    """Yield blocks that other processes have fitted, in order; processes end with the iteration, however it ends."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, wait  # cannot be imported where there is one process only

    control = resampling.fit.control
    sent = replace(resampling, fit=replace(resampling.fit, control=replace(control, should_stop=None)))
    is_inherited = sys.platform == "linux"  # a forked process has all that this one has; others are sent a copy
    if not is_inherited:
        _check_picklable(resampling.stat)
    context = multiprocessing.get_context("fork" if is_inherited else "spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(sent,))
    try:
        with warnings.catch_warnings():  # Python 3.12 warns of threads that hold a lock; a notebook's threads are idle
            warnings.filterwarnings("ignore", message=".*multi-threaded.*", category=DeprecationWarning)
            waiting = [pool.submit(_fit_block, block) for block in blocks]
        for future in waiting:
            while not wait([future], POLL_SECONDS).done:
                control.poll("the bootstrap")
            control.poll("the bootstrap")
            yield future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _begin(resampling: Resampling) -> None:
    """Prepare a process: it is told what to do, and leaves interrupts to the one that asked."""
    global _work  # noqa: PLW0603  a process has no other place that outlives a task
    _work = _Work(resampling, _response_fits(resampling))
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _fit_block(block: Block) -> Replicates:
    if _work is None:
        raise RuntimeError("a process got a block before its model")
    with one_thread():
        parts = list(_one_block(_work.resampling, block, _work.fits))
    rows, is_singular = ([getattr(part, name) for part in parts] for name in ("rows", "is_singular"))
    return Replicates(np.concatenate(rows), np.concatenate(is_singular))


def _check_picklable(stat: Statistic | None) -> None:
    try:
        pickle.dumps(stat)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise OptionError(
            f"bootstrap: stat cannot be sent to other processes ({error}); define it in a module that can be imported, "
            "or take processes=1"
        ) from None
