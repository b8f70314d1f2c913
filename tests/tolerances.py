"""How closely a number must agree, and why so closely; RTOL is relative, ATOL absolute in the units named."""

from __future__ import annotations

# --- exact algebra: only rounding stands between two ways of computing the same number

RTOL_FIXED_THETA = 1e-8
"""Criterion at given theta against lme4's: both are one Cholesky factorisation away from the data."""

RTOL_DENSE_TWIN = 1e-10
"""A fast kernel against its dense twin in tests/oracles, on well-conditioned data."""

RTOL_DERIVATIVE = 1e-5
"""An analytic gradient against central differences, which lose half of the 16 digits and some to curvature."""

RTOL_GENERALIZED_TWIN = 1e-9
"""A criterion of a generalized model against its dense twin: both iterate to modes that are known to about 1e-12."""

RTOL_LME4_LAPLACE = 2e-8
"""lme4's criterion of a generalized model: its modes are those of its own iteration, ended at 1e-12 of the deviance."""

# --- the optimum: one-sided, since being better than lme4 is right

ATOL_OPTIMUM = 1e-6
"""Criterion above the polished reference (units of -2 log-likelihood); the polish itself stops at about 1e-9."""

ATOL_INVARIANCE = 1e-4
"""Excess of the criterion after shifting Days by 2008 or 1e5, scaling by 1e4 or 1e-4, or y by 1e6: what is left of
16 digits after sums of squares of numbers near 1e5 with a spread of 3 (1e5**2 / 3**2 is 1e9)."""

ATOL_GLOBAL = 1e-4
"""Criterion above the best of 25 random starts, on small random data sets: those runs are not polished."""

ATOL_GENERALIZED = 1e-5
"""The same for generalized models, whose reference is polished by numerical derivatives of an iterated function."""

ATOL_RANDOM_STARTS = 1e-3
"""Criterion of a generalized model above the best of random starts, on small random data sets."""

# --- estimates at the optimum: the criterion is flat there, so an error of 1e-9 in it is one of about 3e-5 in theta

RTOL_FIXEF = 1e-5
"""Fixed effects and their standard errors; beta hardly depends on theta near the optimum."""

RTOL_SD = 1e-4
"""Standard deviations of the random effects and sigma, relative to the larger of the SD and sigma: theta moves freely
where the criterion is flat."""

ATOL_CORR = 1e-3
"""Correlations of random effects: ratios of two flat directions."""

RTOL_DF = 1e-3
"""Satterthwaite df: the reference has numerical second derivatives of theta -> vcov."""

RTOL_P = 5e-3
"""p values that follow from such df, which a far tail magnifies."""

RTOL_MODES = 1e-4
"""Conditional modes and their conditional SDs, relative to the SD of the term: they move with theta."""

ATOL_SCALED = 1e-4
"""Fitted values, residuals and predictions, in units of sigma."""

RTOL_GENERALIZED = 1e-4
"""Fixed effects of a generalized model relative to the larger of them and their errors, and these errors: lme4's come
from a numerical Hessian, and its beta from a polish that ends at about 1e-9 in the criterion."""

RTOL_GENERALIZED_SD = 1e-3
"""Standard deviations of its random effects and the shape of a negative binomial: flat directions."""

RTOL_GENERALIZED_MODES = 1e-3
"""Its conditional modes, relative to the largest of their column, and their conditional SDs."""

SINGULAR_SD = 1e-4
"""A relative SD below this is zero, as in lme4's isSingular(tol = 1e-4)."""

RTOL_DESIGN = 1e-12
"""Columns of a design are made by a few operations each; orthogonal polynomials lose a digit or two on the way."""

# --- inference

RTOL_KENWARD_ROGER = 1e-4
"""Kenward-Roger df and standard errors: closed forms on both sides, at optima that agree to 1e-6."""

RTOL_F = 1e-4
"""F statistics: quadratic forms of the fixed effects and their covariance matrix."""

RTOL_PROFILE = 1e-4
"""Ends of profile intervals, relative to the larger of the end and 1 % of the parameter's size: both sides search for
the root of a function that is itself a minimum."""

RTOL_EMMEANS = 2e-5
"""Marginal means, their errors and p values: as fixed effects."""

ATOL_SHARE = 1e-5
"""R squared and intraclass correlations: ratios of variances that are summed over terms."""

ATOL_BATCH = 1e-8
"""Criterion of a fit in a batch against the same fit alone (both stop at a decrement of 1e-9)."""

# --- data in batches against the same data in memory: sums of products in another order, of columns that are centred

RTOL_SOURCE_CRITERION = 1e-10
"""The criterion, which is flat at the optimum."""

ATOL_SOURCE_COEFFICIENT = 1e-8
"""Fixed effects, in standard errors: the search ends within its tolerance of the same optimum."""

RTOL_SOURCE_THETA = 1e-6
"""Covariance parameters, of which the criterion knows the square root of its own accuracy."""

RTOL_MERGED_CRITERION = 1e-10
"""The criterion of a generalized model of merged rows: the same likelihood, summed in another order."""

ATOL_MERGED_COEFFICIENT = 1e-5
"""Its fixed effects, in standard errors: the search ends within its tolerance of the same optimum."""
