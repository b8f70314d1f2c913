"""Numbers as R prints them: significant digits, common decimals, fixed or scientific, p values, stars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

MACHINE_EPSILON = 2.220446049250313e-16  # p values below it print as "<2e-16"
SMALLEST_FIXED = 1e-4  # smaller p values are laid out apart from the others, in scientific form
STAR_CUTS = ((0.001, "***"), (0.01, "**"), (0.05, "*"), (0.1, "."), (math.inf, " "))
STAR_LEGEND = "Signif. codes:  0 ‘***’ 0.001 ‘**’ 0.01 ‘*’ 0.05 ‘.’ 0.1 ‘ ’ 1"

Number = float | int | None


def format_numbers(values: Sequence[Number], digits: int = 7, *, nsmall: int = 0) -> list[str]:
    """Return numbers as texts of one width, as ``base::format(values, digits =, nsmall =)``.

    The decimals are those that show `digits` significant digits of the number that needs most of them, without trailing
    zeros; the scientific form is taken where it is shorter.

    Parameters
    ----------
    values : sequence of float, int or None
        None and NaN print as ``NA`` and ``NaN``.
    digits : int
        Significant digits.
    nsmall : int
        Least number of decimals in the fixed form.

    Examples
    --------
    >>> format_numbers([612.0899, 35.07166, 654.941], digits=4)
    ['612.09', ' 35.07', '654.94']
    >>> format_numbers([5.702e-05, 26.91], digits=4)
    ['5.702e-05', '2.691e+01']

    References
    ----------
    R's manual page ``format``; checked against R in tests/report/r_printing.json.
    """
    finite = [float(value) for value in values if value is not None and math.isfinite(value)]
    texts = _Layout.of(finite, digits).texts(values, nsmall)
    width = max(map(len, texts), default=0)
    return [text.rjust(width) for text in texts]


def format_number(value: Number, digits: int = 7, *, nsmall: int = 0) -> str:
    """Return one number as R would print it alone.

    Examples
    --------
    >>> format_number(1743.628271), format_number(-53.0)
    ('1743.628', '-53')
    """
    return format_numbers([value], digits, nsmall=nsmall)[0]


def format_pvalues(values: Sequence[Number], digits: int = 3, *, epsilon: float = MACHINE_EPSILON) -> list[str]:
    """Return p values as ``base::format.pval``: large ones fixed, small ones scientific, tiny ones as a bound.

    Examples
    --------
    >>> format_pvalues([1e-20, 3.264e-06])
    ['< 2e-16', '3.26e-06']
    >>> format_pvalues([1e-20, 1e-30])
    ['<2e-16', '<2e-16']
    """
    present = [value for value in values if value is not None and not math.isnan(value)]
    fixed = [p for p in present if p >= SMALLEST_FIXED]
    small = [p for p in present if epsilon <= p < SMALLEST_FIXED]
    shown = dict(zip(fixed, format_numbers(fixed, digits), strict=True))
    shown |= dict(zip(small, format_numbers(small, digits), strict=True))
    bound = _bound_text(list(shown.values()), digits, epsilon)
    return [_p_text(value, shown, bound) for value in values]


def signif_stars(p: Number) -> str:
    """Return R's mark for a p value.

    Examples
    --------
    >>> signif_stars(0.0004), signif_stars(0.03), signif_stars(None)
    ('***', '*', '')
    """
    if p is None or math.isnan(p):
        return ""
    return next(mark for cut, mark in STAR_CUTS if p <= cut)


def zapsmall(values: Sequence[float], digits: int) -> list[float]:
    """Round to `digits` significant digits of the largest number, as ``base::zapsmall``.

    Examples
    --------
    >>> zapsmall([-3.95356, 0.0231171], digits=5)
    [-3.9536, 0.0231]
    """
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    decimals = max(0, math.floor(digits - math.log10(largest) + 0.5)) if largest > 0 else digits
    return [round(value, decimals) for value in values]


def known(value: Number) -> float:
    """Return a number that a view holds, and NaN where it holds none.

    Examples
    --------
    >>> known(2.5), known(None)
    (2.5, nan)
    """
    return math.nan if value is None else float(value)


class _Layout:
    """The common form of a set of numbers: fixed with so many decimals, or scientific with so many digits."""

    def __init__(self, decimals: int, significant: int, *, is_fixed: bool) -> None:
        self.decimals = decimals
        self.significant = significant
        self.is_fixed = is_fixed

    @classmethod
    def of(cls, numbers: Sequence[float], digits: int) -> _Layout:
        parts = [_significant_part(number, digits) for number in numbers]
        significant = max((count for _, count in parts), default=1)
        decimals = max((max(0, count - power - 1) for power, count in parts), default=0)
        signed = zip(numbers, parts, strict=True)
        left = max((max(power + 1, 1) + (number < 0) for number, (power, _) in signed), default=1)
        exponent = 3 if any(abs(power) >= 100 for power, _ in parts) else 2
        negative = any(number < 0 for number in numbers)
        fixed_width = left + (decimals + 1 if decimals else 0)
        sci_width = negative + (significant + 1 if significant > 1 else 1) + 2 + exponent
        return cls(decimals, significant, is_fixed=fixed_width <= sci_width)

    def texts(self, values: Sequence[Number], nsmall: int) -> list[str]:
        decimals = max(self.decimals, nsmall)
        form = f".{decimals}f" if self.is_fixed else f".{self.significant - 1}e"
        return [_text(value, form) for value in values]


def _significant_part(number: float, digits: int) -> tuple[int, int]:
    """Return the power of ten and how many significant digits are left without trailing zeros."""
    if number == 0:
        return 0, 1
    mantissa, power = f"{abs(number):.{digits - 1}e}".split("e")
    return int(power), max(1, len(mantissa.replace(".", "").rstrip("0")))


def _text(value: Number, form: str) -> str:
    if value is None:
        return "NA"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    text = format(Decimal(float(value)) if form.endswith("f") else float(value), form)
    is_zero = not any(character in "123456789" for character in text.split("e")[0])
    return text.lstrip("-") if is_zero and value == 0 else text


def _bound_text(others: list[str], digits: int, epsilon: float) -> str:
    digits = max(1, digits - 2)
    widest = max(map(len, others), default=0)
    if others and digits > 1 and digits + 6 > widest:
        digits = max(1, widest - 7)
    tight = digits == 1 and widest <= 6
    return f"<{'' if tight else ' '}{format_number(epsilon, digits)}"


def _p_text(value: Number, shown: dict[float, str], bound: str) -> str:
    if value is None or math.isnan(value):
        return "NA"
    return shown.get(float(value), bound)
