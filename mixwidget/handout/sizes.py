"""How much a handout holds, in words: kilobytes and structures."""

from __future__ import annotations


def structure_count(n: int) -> str:
    """Say how many structures there are.

    Examples
    --------
    >>> structure_count(1), structure_count(17)
    ('1 structure', '17 structures')
    """
    return f"{n} structure{'' if n == 1 else 's'}"


def structures_in_words(n: int) -> str:
    """Say the same within a sentence.

    Examples
    --------
    >>> structures_in_words(1), structures_in_words(17)
    ('one structure', '17 structures')
    """
    return "one structure" if n == 1 else structure_count(n)


def in_kb(n_bytes: int) -> str:
    """Say how large a file is.

    Examples
    --------
    >>> in_kb(143_210), in_kb(2_400_000)
    ('143 kB', '2.4 MB')
    """
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1_000_000 else f"{n_bytes / 1000:.0f} kB"
