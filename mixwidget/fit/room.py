"""Whether a model fits into memory: asked before its rows are summed, and said where it did not after all."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from tempfile import gettempdir

from mixwidget.control import Control
from mixwidget.design.design import GroupingFactor
from mixwidget.engine.model.memory import free_bytes
from mixwidget.engine.model.order import choose_order
from mixwidget.engine.model.walk import AT_ONCE
from mixwidget.engine.sums.spool import free_disk
from mixwidget.errors import ProblemTooLargeError
from mixwidget.linalg.pairs import LevelPairs

STEP_NUMBERS = 24  # of each row of a piece that a step of the search has in memory at most: 22 were measured
FACTOR_NUMBERS = 8  # the same for each further factor
MERGED_COPIES = 8  # of merged rows: read, standardised, and what a step of the search has of each
COPIES = 3  # sums, blocks in the standardised basis, and the factor of these


def check_room(
    widths: Sequence[int],
    term_factor: Sequence[int],
    factors: Sequence[GroupingFactor],
    pairs: Mapping[tuple[int, int], LevelPairs],
    control: Control,
) -> None:
    """Refuse a model that is too large, with what it would need.

    Parameters
    ----------
    widths : sequence of int
        The columns of each random-effects term.
    term_factor : sequence of int
    factors : sequence of GroupingFactor
    pairs : mapping of LevelPairs
    control : Control

    Raises
    ------
    ProblemTooLargeError
    """
    sizes = tuple(
        sum(width for width, of_factor in zip(widths, term_factor, strict=True) if of_factor == f)
        for f in range(len(factors))
    )
    n_levels = tuple(len(factor.levels) for factor in factors)
    named = ", ".join(f"'{factor.label}' {n:,}" for factor, n in zip(factors, n_levels, strict=True))
    try:
        choose_order(sizes, n_levels, pairs, control.max_dense_columns, control.crossed)
    except ProblemTooLargeError as error:
        raise ProblemTooLargeError(f"{error} (levels: {named})") from None
    n_pairs = sum(pair.n_pairs for pair in pairs.values())
    needed = COPIES * 8 * sum(sizes[f] * sizes[g] * pair.n_pairs for (f, g), pair in pairs.items())
    free = free_bytes()
    if free is not None and needed > free:
        raise ProblemTooLargeError(
            f"the sums of {n_pairs:,} pairs of levels ({named}) would take {needed / 1e9:.1f} GB, and "
            f"{free / 1e9:.1f} GB are free; take a crossed term or columns of it out"
        )


def fits_merged(n: int, n_columns: int) -> bool:
    """Return whether memory holds merged rows.

    Parameters
    ----------
    n : int
        About how many are different.
    n_columns : int
        Numbers of each.
    """
    free = free_bytes()
    return free is None or MERGED_COPIES * 8 * n_columns * n <= free


def check_disk_room(n_different: int, n: int, n_columns: int, n_factors: int) -> None:
    """Refuse rows of which too few are equal, where there is no room for all of them on disk either.

    Parameters
    ----------
    n_different, n : int
        About how many are different, and how many there are.
    n_columns : int
        Numbers of each, among them one for each factor.
    n_factors : int

    Raises
    ------
    ProblemTooLargeError
    """
    in_memory = 8 * min(n, AT_ONCE) * (STEP_NUMBERS + FACTOR_NUMBERS * (n_factors - 1))
    on_disk = disk_bytes(n, n_columns)
    free, left = free_bytes(), free_disk()
    if (free is not None and in_memory > free) or on_disk > left:
        memory = "" if free is None else f"{in_memory / 1e9:.2g} GB of memory, of which {free / 1e9:.2g} are free, and "
        raise ProblemTooLargeError(
            f"about {n_different:,} of {n:,} rows differ in predictors, levels or offset; a fit to these would take "
            f"{memory}{on_disk / 1e9:.2g} GB in {gettempdir()}, of which {left / 1e9:.2g} are free: round covariates "
            "so that rows become equal, fit a sample in a data frame, or let TMPDIR name a folder on a larger disk"
        )


def disk_bytes(n: int, n_columns: int) -> int:
    """Return what rows on disk take: once as they were read, once standardised."""
    return 2 * 8 * n_columns * n


@contextmanager
def running_out_said() -> Generator[None]:
    """Say in a sentence of ours where memory runs out all the same, since others take of it too.

    Raises
    ------
    ProblemTooLargeError
        In place of numpy's `MemoryError`.
    """
    try:
        yield
    except ProblemTooLargeError:
        raise
    except MemoryError as error:
        reason = str(error) or "no more is given"
        raise ProblemTooLargeError(
            f"memory ran out while the model was fitted ({reason[0].lower()}{reason[1:]}); free some, or drop a "
            "crossed term"
        ) from error
