"""Answers: one file for each question that a user asks of a fit; sentence, table, picture."""
