"""Data that are drawn for a lesson: settings, draws, what is true of them, a record of what fits make of them."""
