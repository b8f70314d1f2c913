"""Whether a model fits into memory: asked before its rows are summed, and said where it did not after all."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from mixwidget.control import Control
from mixwidget.design.design import GroupingFactor
from mixwidget.engine.model.memory import free_bytes
from mixwidget.engine.model.order import choose_order
from mixwidget.errors import ProblemTooLargeError
from mixwidget.linalg.pairs import LevelPairs

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


def check_merged_room(n: int, n_rows: int, n_columns: int) -> None:
    """Refuse rows of which too few are equal, with what they would need.

    Parameters
    ----------
    n, n_rows : int
        About how many are different, and how many there are.
    n_columns : int
        Numbers of each.

    Raises
    ------
    ProblemTooLargeError
    """
    needed, free = MERGED_COPIES * 8 * n_columns * n, free_bytes()
    if free is not None and needed > free:
        raise ProblemTooLargeError(
            f"about {n:,} of {n_rows:,} rows differ in predictors, levels or offset; a fit to these would take "
            f"{needed / 1e9:.2g} GB, and {free / 1e9:.2g} GB are free: round covariates so that rows become equal, or "
            "fit a sample in a data frame"
        )


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
