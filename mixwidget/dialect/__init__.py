"""R's values and functions on columns: factors, contrasts, polynomials, splines, arithmetic."""
