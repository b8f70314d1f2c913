"""Timings of mixwidget beside lme4, statsmodels, glmm and mixedlm: ``python -m benchmarks``."""
