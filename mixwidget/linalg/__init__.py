"""Grouped sparse Z, block-diagonal and cross blocks, blocked Cholesky."""
