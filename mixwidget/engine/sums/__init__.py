"""Sums of products by level, formed once for the rows of a model."""
