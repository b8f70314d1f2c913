"""Sums of products formed in the engine that holds the rows, so that sums by level travel and rows stay."""
