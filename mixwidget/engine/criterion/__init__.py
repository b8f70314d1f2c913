"""Criteria as functions of theta, with their derivatives and what follows from them."""
