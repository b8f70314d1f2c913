"""The fitted mixed model: every method is one call into a room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mixwidget.answers.anova import anova
from mixwidget.answers.bootstrap import DrawnBootstrap, drawn
from mixwidget.answers.coef_table import coef_table
from mixwidget.answers.compare import Comparison, compare, named_fits
from mixwidget.answers.confint import confint
from mixwidget.answers.contest import contest
from mixwidget.answers.drop1 import drop1
from mixwidget.answers.emmeans import emmeans, trends
from mixwidget.answers.explain import Explained, explain
from mixwidget.answers.influence import InfluenceAnswer, influence
from mixwidget.answers.landscape import LandscapeAnswer, landscape
from mixwidget.answers.other_words import Answering
from mixwidget.answers.plot import plot
from mixwidget.answers.profile import DrawnProfile, profile
from mixwidget.answers.progress import Progress, progress_bar
from mixwidget.answers.ranova import ranova
from mixwidget.answers.repca import RePCA, principal_components
from mixwidget.answers.result_table import ResultSeries, ResultTable, shown, shown_series
from mixwidget.answers.streaming import augmented, predictions
from mixwidget.answers.tables_by_group import TablesByGroup, shown_groups
from mixwidget.answers.varcorr import ShownVarCorr, shown_varcorr
from mixwidget.control import Control
from mixwidget.design.design import Design
from mixwidget.design.rows import Rows
from mixwidget.engine.search.optimum import Optimum
from mixwidget.errors import Diagnostic
from mixwidget.fit import fixef as fixed_effects
from mixwidget.fit import ranef as random_effects
from mixwidget.fit import values
from mixwidget.fit.call import Call
from mixwidget.fit.fit import Fit
from mixwidget.fit.fit_source import stored_call
from mixwidget.fit.likelihood import Likelihood, likelihood
from mixwidget.fit.prediction_request import PredictionRequest
from mixwidget.fit.prior import Priors
from mixwidget.fit.r_words import r_arguments
from mixwidget.fit.refit import refit, refit_ml
from mixwidget.fit.response import new_response
from mixwidget.fit.restructure import Terms, restructure
from mixwidget.fit.rows_for import rows_for
from mixwidget.fit.simulate_rows import SimulationRequest, simulation
from mixwidget.fit.start import theta_vector
from mixwidget.fit.uncertainty import leverages
from mixwidget.handout import handout, keep
from mixwidget.inference.bootstrap import bootstrap
from mixwidget.inference.confint import IntervalRequest
from mixwidget.inference.crossed import estimates_notes, levels_notes
from mixwidget.inference.ddf import usual_ddf
from mixwidget.inference.effect_size import icc_values, r2_values, standardised_coefficients, variance_partition
from mixwidget.inference.findings import alerts, thoughts
from mixwidget.inference.information import aicc
from mixwidget.inference.means_request import MeansRequest
from mixwidget.inference.ratios import ratio_word
from mixwidget.inference.replicates import Resampling
from mixwidget.inference.singularity import is_singular
from mixwidget.inference.tidy import glance_table, tidy_table
from mixwidget.inference.verdict import Verdict, verdict
from mixwidget.report.displays import RanefTables
from mixwidget.report.equation import Equation, equation
from mixwidget.report.paper_table import PaperTable
from mixwidget.report.prose import Prose, prose
from mixwidget.report.r_code import r_code
from mixwidget.report.summary import Summary
from mixwidget.views import looks
from mixwidget.views.paper import paper_view
from mixwidget.views.prior_code import r_priors
from mixwidget.views.summary import summary_view
from mixwidget.views.words import WordsView, words_view
from mixwidget.widgets.refit import caterpillar, picture, show, still_bundle, widget

if TYPE_CHECKING:
    from typing_extensions import Self

    from mixwidget.handout.write import Handout
    from mixwidget.plots.picture import Picture
    from mixwidget.widgets.fit_widget import FitWidget


@dataclass(frozen=True, eq=False)
class MixedModel(Answering):
    """A fitted mixed model. It answers, and never changes.

    Attributes
    ----------
    fit : Fit
        Design, optimum and estimates.
    call : Call
        What the user wrote.
    """

    fit: Fit

    # what was fitted

    @property
    def call(self) -> Call:
        """What the user wrote."""
        return self.fit.call

    @property
    def formula(self) -> str:
        """The formula as the user wrote it."""
        return self.design.formula.text

    @property
    def design(self) -> Design:
        """The names of what was fitted: columns, terms, grouping factors and their levels."""
        return self.fit.design

    @property
    def rows(self) -> Rows:
        """The numbers that were fitted: y, X, the columns of each random term, the codes of each factor."""
        return self.fit.rows

    @property
    def optimum(self) -> Optimum[Any, Any]:
        """The optimiser's record: starts, every evaluation, certificate."""
        return self.fit.optimum

    @property
    def reml(self) -> bool:
        """Whether the REML criterion was minimised."""
        return self.fit.reml

    @property
    def priors(self) -> Priors:
        """The weak priors of the fit, as the user gave them."""
        return self.fit.priors

    # fixed effects

    @property
    def fixef(self) -> ResultSeries:
        """Estimates of the fixed effects, as ``lme4::fixef``."""
        return shown_series(fixed_effects.fixef(self.fit), looks.FIXEF)

    @property
    def stderr(self) -> ResultSeries:
        """Standard errors of the fixed effects."""
        return shown_series(fixed_effects.stderr(self.fit), looks.STDERR)

    @property
    def vcov(self) -> ResultTable:
        """Covariance matrix of the estimated fixed effects, shape (p, p)."""
        return shown(fixed_effects.vcov(self.fit), looks.VCOV)

    # covariance parameters and likelihood

    @property
    def theta(self) -> np.ndarray:
        """Relative covariance factors, lower triangles by columns, as ``getME(fit, "theta")``."""
        return theta_vector(self.fit.estimates.templates)

    @property
    def sigma(self) -> float:
        """Residual standard deviation, in units of the response."""
        return self.fit.estimates.sigma

    @property
    def varcorr(self) -> ShownVarCorr:
        """Variances and correlations of the random effects, as ``lme4::VarCorr``."""
        return shown_varcorr(self.fit)

    @property
    def _likelihood(self) -> Likelihood:
        return likelihood(self.fit)

    @property
    def criterion(self) -> float:
        """The minimised REML criterion, or -2 log-likelihood under ML."""
        return self._likelihood.criterion

    @property
    def criterion_error(self) -> float:
        """The standard error of criterion, AIC and BIC where random probes estimated them; 0 where they are exact."""
        return self.fit.criterion_error

    @property
    def penalty(self) -> float:
        """-2 log prior density at the estimates; 0 without priors. The fit minimises ``criterion + penalty``."""
        return self._likelihood.penalty

    @property
    def loglik(self) -> float:
        """The (restricted) log-likelihood."""
        return self._likelihood.loglik

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return self._likelihood.aic

    @property
    def bic(self) -> float:
        """Schwarz's information criterion."""
        return self._likelihood.bic

    @property
    def npar(self) -> int:
        """Number of parameters: fixed effects, covariance parameters, sigma."""
        return self._likelihood.npar

    @property
    def nobs(self) -> int:
        """Number of rows that were fitted."""
        return self._likelihood.nobs

    @property
    def df_resid(self) -> int:
        """Rows less parameters."""
        return self._likelihood.df_resid

    @property
    def ngroups(self) -> dict[str, int]:
        """Number of levels of each grouping factor, as ``lme4::ngrps``."""
        return self.design.ngroups

    # random effects

    def ranef(self, cond_sd: bool = False) -> RanefTables | ResultTable:
        """Return the conditional modes of the random effects, as ``lme4::ranef``.

        Parameters
        ----------
        cond_sd : bool
            False: a dict with one data frame for each grouping factor, levels by effects. True: one long data frame
            with grpvar, term, grp, condval, condsd, as ``as.data.frame(ranef(fit))``.
        """
        if cond_sd:
            modes, variances = random_effects.ranef(self.fit), random_effects.cond_var(self.fit)
            notes = levels_notes(self.fit)
            return shown(random_effects.ranef_long(modes, variances), looks.modes_long_look(notes))
        return RanefTables(shown_groups(random_effects.ranef(self.fit), looks.modes_look), self.cond_var)

    def cond_var(self, group: str) -> np.ndarray:
        """Return the conditional covariance matrices of one grouping factor's modes, shape (levels, k, k)."""
        random_effects.check_group(group, list(self.ngroups))
        return random_effects.cond_var(self.fit)[group].copy()

    def coef(self) -> TablesByGroup:
        """Return fixed effect plus conditional mode for each level, as ``lme4::coef``."""
        found = random_effects.coef(self.fixef, random_effects.ranef(self.fit))
        return TablesByGroup(shown_groups(found, looks.coef_look))

    # rows

    @property
    def fitted(self) -> pd.Series:
        """Fitted values, fixed and random part, in units of the response: of a generalized model the means."""
        with rows_for("fitted"):
            return values.on_rows(self.fit, values.fitted(self.fit), "fitted")

    def resid(self, type: str = "response") -> pd.Series:  # noqa: A002  R's name
        """Return residuals: ``"response"``, ``"pearson"``, ``"scaled"``, ``"working"`` or ``"deviance"``."""
        with rows_for("resid"):
            return values.on_rows(self.fit, values.residuals(self.fit, type), "resid")

    @property
    def hatvalues(self) -> pd.Series:
        """Leverages: the diagonal of the matrix that maps the response to the fitted values.

        Of a generalized model they are those of the weighted regression at the modes: without random effects those of
        the GLM. (lme4's, of which R warns that they "may not make sense for GLMMs", can be above one.)
        """
        with rows_for("hatvalues"):
            return values.on_rows(self.fit, leverages(self.fit), "hatvalues")

    # judgement

    @property
    def is_singular(self) -> bool:
        """Whether a random-effects covariance matrix is singular, as ``lme4::isSingular``, whatever the units."""
        return is_singular(self.fit)

    def repca(self) -> RePCA:
        """Return the principal components of each relative covariance matrix, as ``lme4::rePCA``.

        A mapping of grouping factors to data frames (sd, share) that also says in words what does not vary.
        """
        return principal_components(self.fit)

    @property
    def verdict(self) -> Verdict:
        """How the fit ended, in one sentence."""
        return verdict(self.fit, thorough=True)

    @property
    def alerts(self) -> list[Diagnostic]:
        """Those of the `diagnostics` that stand beside the numbers wherever the fit is shown."""
        return list(alerts(self.fit))

    @cached_property
    def _advice(self) -> list[Diagnostic]:
        known = {(found.code, found.message) for found in self.alerts}
        return [found for found in thoughts(self.fit) if (found.code, found.message) not in known]

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What was found in the data and in the fit, the thoughts of `check_design` on the design last."""
        return [*self.alerts, *self._advice]

    def influence(self, group: str | None = None, progress: bool | Progress = True) -> InfluenceAnswer:
        """Leave out each level of a grouping factor and compare the estimates, as ``influence.ME``.

        Parameters
        ----------
        group : str, optional
            The grouping factor with the most levels unless given.
        progress : bool or callable
            An interrupt keeps the levels that are done.
        """
        return influence(self.fit, group, progress_bar("influence", shown=progress))

    def plot(self, kind: str = "residuals") -> Picture:
        """Return a picture of the fit; ``.chart`` is its altair chart.

        Parameters
        ----------
        kind : {"residuals", "qq", "qq_modes", "scale_location", "simulated", "null_direction", "curves"}
            Residuals against fitted values; quantiles of the residuals or of the conditional modes; spread of the
            residuals; the data hidden among data simulated from the fit; the random effects of a singular fit on their
            line. Residuals of a generalized model are drawn as DHARMa has them: the share of its distribution, over new
            random effects, below each response, which is uniform if the model is right. ``"curves"``, of generalized
            models alone, is the picture of `GlmerModel.curves`, where the factor and the predictor can be chosen.
        """
        return plot(self.fit, kind)

    def landscape(
        self, x: str | None = None, y: str | None = None, progress: bool | Progress = True
    ) -> LandscapeAnswer:
        """Survey the criterion over two parameters, with the paths of all optimisers.

        Parameters
        ----------
        x, y : str, optional
            ``"sd Days | Subject"`` (relative to sigma) or the name of a fixed effect. By default the first two
            standard deviations, or the only one and the last fixed effect.
        progress : bool or callable
        """
        return landscape(self.fit, x, y, progress_bar("landscape", shown=progress))

    def coef_table(self, ddf: str | None = None, progress: bool | Progress = True) -> ResultTable:
        """Return the fixed effects with se, df, statistic and p, as lmerTest's summary.

        Parameters
        ----------
        ddf : {"satterthwaite", "kenward-roger", "residual", "z"}, optional
            How the degrees of freedom are found: Satterthwaite's unless given. Kenward and Roger's come with adjusted
            standard errors. Generalized models have z tests only; so everywhere.
        progress : bool or callable
            A bar for Kenward and Roger's method on large models, or a function of (done, total).
        """
        return coef_table(self.fit, self._ddf(ddf), progress_bar("Kenward-Roger", shown=progress)).to_frame()

    def summary(self) -> Summary:
        """Return the summary that lmerTest prints; text in a terminal, a table in a notebook."""
        return Summary(summary_view(self.fit))

    # tests of the fixed effects, and of what is random

    def explain(self, which: str | None = None) -> Explained:
        """Say what each number of the summary means, with the numbers of this fit, or that of one name.

        Words and units are those of ``data.attrs["labels"]`` and ``data.attrs["units"]``, by column, where they are.

        Parameters
        ----------
        which : str, optional
            A number (``"Days"``, ``"Days: p"``, ``"AIC"``), a grouping factor, or a part of the summary.

        Raises
        ------
        OptionError
            If the summary has no number of that name.

        Examples
        --------
        >>> import mixwidget as mw
        >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
        >>> print(fit.explain("Days").sentence)
        Where Days is 1 day higher, the average reaction time is 10.47 ms higher.
        """
        return explain(self.fit, which)

    def _ddf(self, ddf: str | None) -> str:
        return usual_ddf(self.fit) if ddf is None else ddf

    def anova(
        self,
        type: int | str = 3,  # noqa: A002  R's name
        ddf: str | None = None,
        progress: bool | Progress = True,
    ) -> ResultTable:
        """Return one F test for each fixed term, as lmerTest's ``anova``; of generalized models as ``car::Anova``.

        Parameters
        ----------
        type : {1, 2, 3}
            Adjusted for the terms before it; for all terms but those that contain it; for all, comparing unweighted
            means whatever the contrasts. ``docs/f_tests.md`` has each hypothesis, beside lmerTest's and SAS's.
        ddf : {"satterthwaite", "kenward-roger", "residual", "z"}, optional
        progress : bool or callable

        Returns
        -------
        DataFrame
            Sum Sq, Mean Sq, NumDF, DenDF, F value, Pr(>F); of generalized models Chisq, Df, Pr(>Chisq) of Wald tests.
            NaN for terms whose columns were dropped.

        Examples
        --------
        >>> import mixwidget as mw
        >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
        >>> fit.anova(ddf="kenward-roger").round(3).loc["Days", ["DenDF", "F value"]].tolist()
        [17.0, 45.853]
        """
        return anova(self.fit, type, self._ddf(ddf), progress_bar("Kenward-Roger", shown=progress)).to_frame()

    def contest(
        self, L: Any, joint: bool = True, ddf: str | None = None, rhs: Any = 0.0, level: float = 0.95
    ) -> ResultTable:
        """Test contrasts of the fixed effects, as lmerTest's ``contest``.

        Parameters
        ----------
        L : array_like, shape (m, p), DataFrame with coefficients as columns, or mapping of coefficient to weight
        joint : bool
            One test for all rows, F or Wald chi-square, or one t or z test with an interval for each.
        ddf : {"satterthwaite", "kenward-roger", "residual", "z"}, optional
        rhs : float or array_like, shape (m,)
            The value of ``L @ beta`` under the hypothesis.
        level : float
            Of the intervals.
        """
        bar = progress_bar("Kenward-Roger")
        return contest(self.fit, L, joint=joint, ddf=self._ddf(ddf), rhs=rhs, level=level, progress=bar).to_frame()

    def drop1(self, test: str = "chisq", ddf: str | None = None, progress: bool | Progress = True) -> ResultTable:
        """Return what dropping each fixed term costs, as ``drop1``; terms that others contain stay.

        Parameters
        ----------
        test : {"chisq", "f"}
            Likelihood ratios of maximum-likelihood fits, or F tests of this fit.
        ddf : str
            For the F tests.
        progress : bool or callable
        """
        return drop1(self.fit, test, self._ddf(ddf), progress_bar("drop1", shown=progress)).to_frame()

    def ranova(self, progress: bool | Progress = True) -> ResultTable:
        """Return what dropping each random effect costs, as lmerTest's ``ranova``.

        The criterion is that of this fit, REML or ML. The p value is that of the mixture of chi-squares for a variance
        on its boundary; lmerTest's, of the plain chi-square, is in the note and in ``attrs["plain_p"]``.
        """
        return ranova(self.fit, progress_bar("ranova", shown=progress)).to_frame()

    # intervals

    def confint(
        self,
        method: str = "wald",
        level: float = 0.95,
        parm: str | Sequence[str] | None = None,
        ddf: str = "z",
        n: int = 1000,
        seed: int | np.random.Generator | None = None,
        boot_method: str = "percentile",
        progress: bool | Progress = True,
    ) -> ResultTable:
        """Return confidence intervals, as ``lme4::confint``.

        Parameters
        ----------
        method : {"wald", "profile", "boot"}
            Fixed effects by estimate and standard error; all parameters by profile likelihood, or by bootstrap.
        level : float
        parm : str or sequence of str, optional
            Some parameters; ``"beta_"`` are the fixed effects, ``"theta_"`` all others.
        ddf : str
            Degrees of freedom of Wald intervals; ``"z"`` as lme4.
        n, seed, boot_method
            Of the bootstrap; see `bootstrap` and `Bootstrap.confint`.
        progress : bool or callable

        Examples
        --------
        >>> import mixwidget as mw
        >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
        >>> fit.confint("profile", parm="sd_Days|Subject").round(3).iloc[0].tolist()
        [3.801, 8.753]
        """
        request = IntervalRequest(method, level, parm, ddf, n, boot_method)
        bar = progress_bar(f"{method} intervals", shown=progress)
        return confint(self.fit, request, np.random.default_rng(seed), bar).to_frame()

    def profile(self, parm: str | Sequence[str] | None = None, progress: bool | Progress = True) -> DrawnProfile:
        """Trace the profile likelihood of all parameters, or of some, as ``lme4::profile``.

        Profiles are of the likelihood: those of a REML fit belong to its maximum-likelihood fit.
        ``.plot()`` draws them as zeta, ``.plot("density")`` as densities; `confint("profile")` has the exact intervals.
        """
        return profile(self.fit, parm, progress_bar("profile", shown=progress))

    def bootstrap(
        self,
        n: int = 1000,
        stat: Callable[[Any], Any] | None = None,
        type: str = "parametric",  # noqa: A002  bootMer's name
        seed: int | np.random.Generator | None = None,
        progress: bool | Progress = True,
        processes: int = 1,
    ) -> DrawnBootstrap:
        """Fit the model to n new data sets made from this fit, as ``lme4::bootMer``; ``.plot()`` draws histograms.

        Parameters
        ----------
        n : int
        stat : callable, optional
            From a fit to a number, vector, mapping or Series; all parameters unless given, which is much faster with
            one grouping factor, as all responses are then fitted together.
        type : {"parametric", "residual", "case"}
            New responses drawn from the model (new random effects and errors); from its rescaled residuals and modes;
            or whole groups drawn with replacement. Of a generalized model all but ``"residual"``.
        seed : int or numpy.random.Generator, optional
            The same seed gives the same replicates, however many processes there are.
        progress : bool or callable
            A bar for what takes more than a second. An interrupt returns what is there by then.
        processes : int
            Processes that share the refits: two on two idle cores took 0.6 of the time of one, where a refit takes 3 ms
            and there are a hundred. It is for a `stat` of one's own, whole groups and several grouping factors; all
            parameters of a model with one factor are always fitted together, in one process, which is faster still. On
            Linux processes are forked, so any function will do; elsewhere `stat` has to be one of an importable module.
            In JupyterLite there is one process, which makes the same replicates.

        Examples
        --------
        >>> import mixwidget as mw
        >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
        >>> boot = fit.bootstrap(200, seed=1)
        >>> bool(abs(boot.se["Days"] / fit.stderr["Days"] - 1) < 0.2)
        True
        """
        resampling = Resampling(self.fit, type, None if stat is None else _OfModel(stat, self))
        bar = progress_bar("bootstrap", shown=progress)
        with rows_for("bootstrap"):
            return drawn(bootstrap(resampling, n, np.random.default_rng(seed), bar, processes), self.formula)

    # marginal means, sizes of effects, tables

    def emmeans(
        self,
        specs: str | Sequence[str],
        by: str | Sequence[str] | None = None,
        contrasts: str | Mapping[str, Sequence[float]] | None = None,
        adjust: str | None = None,
        at: Mapping[str, Sequence[Any]] | None = None,
        ddf: str | None = None,
        level: float = 0.95,
        weights: str = "equal",
        reverse: bool = False,
        ref: Any = None,
        type: str = "link",  # noqa: A002  R's name
    ) -> ResultTable:
        """Return estimated marginal means or their contrasts, as package emmeans (Searle, Speed & Milliken 1980).

        What would need combinations of levels without data is NaN. Factors that are nested in others (``geno/strain``,
        or each level of one seen with one level of the other) are averaged over the combinations that occur.

        Parameters
        ----------
        specs : str or sequence of str
            The variables of the means: ``"~ treatment | sex"``, ``["treatment", "sex"]``, ``"~ 1"`` for the mean of
            all; or with the contrasts as emmeans has them: ``"pairwise ~ treatment | sex"``.
        by : str or sequence of str, optional
            Variables within whose levels contrasts are made, each group a family of its own.
        contrasts : str or mapping, optional
            ``"pairwise"``, ``"revpairwise"``, ``"trt.vs.ctrl"``, ``"trt.vs.ctrlk"``, ``"consec"``, ``"mean_chg"``,
            ``"eff"``, ``"del.eff"``, ``"poly"``, ``"identity"``, or weights by name; the means themselves unless given.
        adjust : str, optional
            ``"none"``, ``"tukey"``, ``"scheffe"``, ``"mvt"``, ``"dunnettx"``, ``"bonferroni"``, ``"sidak"``,
            ``"holm"``, ``"hochberg"``, ``"hommel"``, ``"fdr"``, ``"BY"``. Unless given, emmeans' for the family: tukey
            for pairs, dunnettx for trt.vs.ctrl, mvt for consec and mean_chg, fdr for eff and del.eff, else none.
            Dunnettx is Dunnett's distribution with correlations of 1/2, exactly: emmeans' formula for it is up to 0.04
            away. mvt is exact for up to five contrasts and the usual designs; else the note names its error.
        at : mapping, optional
            Values of some variables; covariates are at their means otherwise.
        ddf : {"satterthwaite", "kenward-roger", "residual", "z"}, optional
        level : float
        weights : {"equal", "proportional", "outer", "cells", "flat"}
            How the combinations of levels that are averaged over count: equally; as often as they occur in the data;
            by the product of the shares of their levels; as often as they occur together with the mean's own levels;
            equally, but those without data not at all.
        reverse : bool
            Differences the other way round.
        ref : str or sequence of str, optional
            The control of ``"trt.vs.ctrl"``: the first mean unless given.
        type : {"link", "response"}
            The scale of a generalized model's means: that of the linear predictor; or probabilities, rates or means,
            mapped through the link with their limits, and contrasts of log-odds or logarithms as ratios.

        Returns
        -------
        DataFrame
            Shown with notes that name the adjustment and its family; they are in its ``attrs`` too.

        Examples
        --------
        >>> import mixwidget as mw
        >>> cake = mw.lmer("angle ~ recipe + temp + (1 | recipe:replicate)", mw.load_dataset("cake"))
        >>> cake.emmeans("recipe")["emmean"].round(3).tolist()
        [33.122, 31.644, 31.6]
        """
        request = MeansRequest(specs, by, contrasts, adjust, at, self._ddf(ddf), level, weights, reverse, ref, type)
        return emmeans(self.fit, request, progress_bar("Kenward-Roger")).to_frame()

    def trends(
        self,
        var: str,
        specs: str | Sequence[str] = "~ 1",
        by: str | Sequence[str] | None = None,
        contrasts: str | Mapping[str, Sequence[float]] | None = None,
        adjust: str | None = None,
        at: Mapping[str, Sequence[Any]] | None = None,
        ddf: str | None = None,
        level: float = 0.95,
        weights: str = "equal",
        reverse: bool = False,
        ref: Any = None,
        type: str = "link",  # noqa: A002  R's name
    ) -> ResultTable:
        """Return the slopes of a covariate at the levels of factors, or their contrasts, as ``emmeans::emtrends``.

        All but `var`, the covariate, is as in `emmeans`; without `specs` it is the slope averaged over all factors.
        ``type="response"`` has the slopes of the mean, as emtrends with ``regrid = "response"``.
        """
        request = MeansRequest(specs, by, contrasts, adjust, at, self._ddf(ddf), level, weights, reverse, ref, type)
        return trends(self.fit, var, request, progress_bar("Kenward-Roger")).to_frame()

    def r2(self) -> ResultSeries:
        """Return Nakagawa's marginal and conditional R squared.

        They compare variances within this model; a higher value alone does not make another model the better one.
        """
        return shown_series(r2_values(self.fit), looks.R2)

    def icc(self, by_group: bool = False) -> ResultSeries:
        """Return the intraclass correlation, adjusted for the fixed effects and unadjusted, or for each factor."""
        return shown_series(icc_values(self.fit, by_group=by_group), looks.ICC)

    def variance_partition(self) -> ResultTable:
        """Return the variance of the response by source and its shares."""
        return shown(variance_partition(self.fit), looks.PARTITION)

    def standardised(self) -> ResultTable:
        """Return the fixed effects in standard deviations of the response per standard deviation of their column."""
        return shown(standardised_coefficients(self.fit), looks.STANDARDISED)

    @property
    def aicc(self) -> float:
        """AIC corrected for few rows."""
        return aicc(self.fit)

    def tidy(
        self,
        effects: str | Sequence[str] = ("fixed", "ran_pars"),
        conf_int: bool = False,
        level: float = 0.95,
        ddf: str | None = None,
        exponentiate: bool = False,
    ) -> ResultTable:
        """Return one row per parameter, conditional mode or coefficient, as ``broom.mixed::tidy``.

        Parameters
        ----------
        effects : {"fixed", "ran_pars", "ran_vals", "ran_coefs"} or several of them
        conf_int : bool
            Adds conf.low and conf.high; those of variance parameters are by profile likelihood.
        level : float
        ddf : {"satterthwaite", "kenward-roger", "residual", "z"}, optional
        exponentiate : bool
            Fixed effects as ratios: odds ratios of a logit link, rate ratios of a log link of counts.
        """
        method = self._ddf(ddf)
        found = tidy_table(
            self.fit, effects=effects, conf_int=conf_int, level=level, ddf=method, exponentiate=exponentiate
        )
        word = ratio_word(self.fit) if exponentiate else ""
        notes = estimates_notes(self.fit, with_levels="ran_vals" in effects)
        return shown(found, looks.tidy_look(method, level if conf_int else None, word, notes))

    def glance(self) -> ResultTable:
        """Return the fit in one row, as ``broom.mixed::glance``; without sigma where there is no dispersion."""
        return shown(glance_table(self.fit), looks.GLANCE)

    def augment(self, data: Any = None, to: str | PathLike[str] | None = None) -> Any:
        """Return the fitted rows with the model's variables, fitted values, residuals, leverages and Cook's distances.

        The columns are those of ``broom.mixed::augment``. Of a generalized model .fitted, .fixed and .eta are on the
        link scale, .mu is the mean, and .resid are deviance residuals. Of data in batches they come as an iterator of
        frames, read from `data` (or where the fit read them), or are written to the parquet file `to`.
        """
        return augmented(self.fit, data, to)

    # words and code

    def _words(self) -> WordsView:
        return words_view(self.fit, self.r2(), self.confint(ddf=self._ddf(None)), version("mixwidget"))

    def equation(self, estimates: bool = False) -> Equation:
        """Return the model in LaTeX, with its covariance matrices; rendered in a notebook.

        Parameters
        ----------
        estimates : bool
            Numbers instead of symbols.
        """
        return equation(self._words(), estimates=estimates)

    def report(self) -> Prose:
        """Return a paragraph for the methods and one for the results, with the numbers; a text that reads as prose."""
        return prose(self._words())

    def to_latex(self, stars: bool = False, digits: int = 3, exponentiate: bool = False) -> str:
        """Return the fit as a LaTeX table (package booktabs); `compare` makes one of several fits.

        ``exponentiate=True`` has odds or rate ratios with 95 % Wald intervals, of generalized models.
        """
        fits = {self.design.formula.response: self.fit}
        return PaperTable(paper_view(fits, stars=stars, digits=digits, exponentiate=exponentiate)).to_latex()

    def to_r(self) -> str:
        """Return the R code that fits the same model with lme4 (``glmer``, ``glmer.nb`` too), or blme under priors.

        Terms that R reads in another way are written out, and columns whose levels have an order of their own are
        made factors first, so that the code runs on the data as ``read.csv`` has them.

        Raises
        ------
        OptionError
            If weights, offset or subset were given as values, which have no name in R.
        """
        return r_code(**r_arguments(self.fit), priors=r_priors(self.priors))

    # other data, other responses, other structures

    def predict(
        self,
        newdata: Any = None,
        re_form: Any = None,
        allow_new_levels: bool = False,
        interval: str | None = None,
        level: float = 0.95,
        offset: Any = None,
        rankdeficient: str = "NAwarn",
        weights: Any = None,
        *,
        to: str | PathLike[str] | None = None,
    ) -> Any:
        """Predict the response, as ``lme4::predict.merMod``.

        Parameters
        ----------
        newdata : data frame or source, optional
            The fitted rows unless given. Data that come in batches (see `lmer`) are predicted batch by batch.
        re_form : None, NaN or str
            Which random effects enter: all (None), none (NaN or ``"~0"``), or those of a formula (``"~(1|g)"``).
        allow_new_levels : bool
            Predict the population value for levels that the fit did not see, and where the level is missing.
        interval : {None, "confidence", "prediction"}
            Normal intervals for the (conditional) mean, or for a new observation. They count the uncertainty of the
            fixed effects and of the modes, not that of the variances. A new observation has all random effects of the
            model: those that `re_form` leaves out, or whose level is new, count with their variance.
        level : float
        offset : str or array_like, shape (n_new,), optional
            For new data, where the fit's offset was given beside the formula as an array.
        rankdeficient : {"NAwarn", "NA", "simple", "warnif"}
            What becomes of rows that need combinations of levels without data, as in R's ``predict.lm``: NaN with a
            warning, NaN, the number of the columns that were kept (lme4's, which depends on the coding), or that
            number with a warning. ``attrs["findings"]`` has what was found.
        weights : str or array_like, shape (n_new,), optional
            Of the new rows, for their residual variance, sigma^2 / weight. Unless given, the fit's column or expression
            is read from the new data; where that cannot be, the weight is 1, and a warning says so.

        to : path, optional
            For data in batches: the parquet file to write the predictions to.

        Returns
        -------
        Series, or DataFrame with fit, lwr, upr; of data in batches an iterator of these, or the path
        """
        request = PredictionRequest(
            newdata=newdata,
            re_form=re_form,
            allow_new_levels=allow_new_levels,
            interval=interval,
            level=level,
            offset=offset,
            rankdeficient=rankdeficient,
            weights=weights,
        )
        return predictions(self.fit, request, to)

    def simulate(
        self,
        n: int = 1,
        seed: int | np.random.Generator | None = None,
        condition_on: str | None = None,
        *,
        newdata: Any = None,
        re_form: Any = "~0",
        allow_new_levels: bool = False,
        offset: Any = None,
        weights: Any = None,
    ) -> pd.DataFrame:
        """Draw new responses from the fitted model, one column each, as ``lme4::simulate``.

        Those of a generalized model are 0 and 1, counts, proportions of the trials, or positive numbers: what `refit`
        takes. A row of weight w is the mean of w observations.

        Parameters
        ----------
        n : int
        seed : int or numpy.random.Generator, optional
        condition_on : {None, "modes"}
            None draws new random effects: the same study with new groups. ``"modes"`` holds them at their conditional
            modes: the same groups seen again, with only the errors new. What is estimated from such draws is
            overconfident: nothing in them says that other groups would differ. Below, the errors that a hundred
            refits give the slope, relative to the fit's own.
        newdata : data frame, optional
            The fitted rows unless given. New levels draw new effects, the same for all rows of a level.
        re_form : None, NaN or str
            Which random effects are held at their modes, as in R: none (``"~0"``), all (None, which is
            ``condition_on="modes"``), or those of a formula (``"~(1|g)"``); the others are drawn.
        allow_new_levels : bool
            Whether levels may be new or missing where effects are held; theirs are drawn.
        offset, weights : str or array_like, shape (n_new,), optional
            Of new data, as in `predict`.

        Examples
        --------
        >>> import mixwidget as mw
        >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
        >>> def relative_error(draws):
        ...     slopes = [fit.refit(draws[name]).fixef["Days"] for name in draws]
        ...     return round(float(np.std(slopes) / fit.stderr["Days"]), 1)
        >>> relative_error(fit.simulate(100, seed=1))
        0.9
        >>> relative_error(fit.simulate(100, seed=1, condition_on="modes"))
        0.4
        """
        request = SimulationRequest(
            n=n,
            condition_on=condition_on,
            newdata=newdata,
            re_form=re_form,
            allow_new_levels=allow_new_levels,
            offset=offset,
            weights=weights,
        )
        with rows_for("simulate"):
            return simulation(self.fit, request, np.random.default_rng(seed))

    def refit(self, y: Any) -> Self:
        """Fit the same model to another response, as ``lme4::refit``; this fit stays as it is."""
        with rows_for("refit"):
            return replace(self, fit=refit(self.fit, new_response(self.fit, y)))

    def refit_ml(self) -> Self:
        """Fit the same model by maximum likelihood, as ``lme4::refitML``."""
        return replace(self, fit=refit_ml(self.fit)) if self.reml else self

    def restructure(
        self, terms: Terms, reml: bool | None = None, formula: str | None = None, control: Control | None = None
    ) -> Self:
        """Fit other random-effects terms made of this fit's columns, from the cross products that are there.

        Parameters
        ----------
        terms : sequence of (group, columns)
            Each gets one unrestricted covariance matrix; ``||`` is one term per column.
        reml : bool, optional
        formula : str, optional
            The text of the new model.
        control : Control, optional

        Examples
        --------
        >>> import mixwidget as mw
        >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
        >>> zcp = fit.restructure([("Subject", ["(Intercept)"]), ("Subject", ["Days"])])
        >>> round(zcp.criterion, 4)
        1743.6693
        """
        return replace(self, fit=restructure(self.fit, terms, reml=reml, formula=formula, control=control))

    def compare(self, *others: MixedModel) -> Comparison:
        """Compare this fit with others by likelihood ratios, as ``anova(m1, m2)``."""
        return compare(named_fits((self, *others), {}, depth=2))

    # widgets

    def explorer(self, theme: str = "auto") -> FitWidget:
        """Return summary, tables, caterpillar plot and structure picker, linked in one widget."""
        return widget(self, "explorer", theme)

    def table(self, theme: str = "auto") -> FitWidget:
        """Return the random-effects table with its levels as a widget."""
        return widget(self, "table", theme)

    def caterpillar(self, theme: str = "auto", view: str = "intervals") -> FitWidget:
        """Return the caterpillar plot, as ``lattice::dotplot(ranef(fit))``; with ``view="density"`` of ridges."""
        return caterpillar(self, view, theme)

    def lines(
        self,
        x: str | None = None,
        *,
        group: str | None = None,
        colour: str | None = None,
        at: Mapping[str, Any] | None = None,
        theme: str = "auto",
    ) -> FitWidget:
        """Return the data of each level with its line by the mixed model, by its own rows alone, and by all rows.

        Parameters
        ----------
        x : str, optional
            The predictor along the axis; a slope of the levels unless given.
        group : str, optional
            The grouping factor; the first unless given.
        colour : str, optional
            A factor that colours rows and lines.
        at : mapping, optional
            Values of other predictors, ``{"sector": 1}``; those of each level's own rows unless given.

        Examples
        --------
        >>> import mixwidget as mw
        >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
        >>> fit.lines().view
        'lines'
        """
        return picture(self, "lines", {"x": x, "group": group, "colour": colour, "at": at}, theme)

    def shrinkage(
        self,
        group: str | None = None,
        *,
        x_term: str | None = None,
        y_term: str | None = None,
        theme: str = "auto",
    ) -> FitWidget:
        """Return the levels between their own estimates and the average, with a slider from complete to no pooling.

        Parameters
        ----------
        group : str, optional
            The grouping factor; the first unless given.
        x_term, y_term : str, optional
            Its effects on the axes; the first two, or the only one, unless given.

        Examples
        --------
        >>> import mixwidget as mw
        >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
        >>> fit.shrinkage().shrinkage["view"]["words"]["complete"]
        'complete pooling: one line for all (REML +150)'
        """
        return picture(self, "shrinkage", {"group": group, "x_term": x_term, "y_term": y_term}, theme)

    def picker(self, theme: str = "auto") -> FitWidget:
        """Return the structure picker as a widget; ``picker.fit`` is the current fit."""
        return widget(self, "picker", theme)

    # pages

    def to_html(
        self,
        path: str | Path,
        structures: Sequence[Any] | None = None,
        *,
        title: str = "",
        theme: str = "auto",
        shown: FitWidget | None = None,
        progress: bool | Progress = True,
    ) -> Handout:
        """Write the explorer as one HTML file that works offline, for ``file://``, mail and phones.

        Parameters
        ----------
        path : str or Path
        structures : sequence, optional
            What the picker can be clicked to, beside what was visited: formulas, random parts such as
            ``"(1 | Subject)"``, or models. By default what is one or two clicks away.
        title : str
            The formula unless given.
        theme : {"auto", "light", "dark"}
        shown : FitWidget, optional
            The widget to write instead of a new explorer.
        progress : bool or callable
            Whether a bar shows the fits; or a function of (done, total).

        Returns
        -------
        Handout
            Its ``to_pdf()`` prints the page.

        Examples
        --------
        >>> import mixwidget as mw, os, tempfile
        >>> fit = mw.lmer("Reaction ~ Days + (Days | Subject)", mw.load_dataset("sleepstudy"))
        >>> path = os.path.join(tempfile.mkdtemp(), "handout.html")
        >>> fit.to_html(path, ["(Days || Subject)", "(1 | Subject)"]).n_structures
        3
        """
        return handout(self if shown is None else shown, path, structures, title=title, theme=theme, progress=progress)

    _keep = staticmethod(keep)

    # display and copies

    def __repr__(self) -> str:
        return Summary(summary_view(self.fit, with_tests=False)).short()

    def __str__(self) -> str:
        return str(self.summary())

    def _ipython_display_(self) -> None:
        show(self)

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, str] | None:
        return still_bundle(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ARG002  IPython's signature
        printer.text(str(self))

    def _repr_html_(self) -> str:
        return self.summary().html()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __getstate__(self) -> dict[str, Any]:
        control = replace(self.fit.control, should_stop=None)
        return {"fit": replace(self.fit, control=control, call=stored_call(self.fit))}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


@dataclass(frozen=True, slots=True)
class _OfModel:
    """A statistic of fitted models as one of fits."""

    stat: Callable[[Any], Any]
    model: MixedModel

    def __call__(self, fit: Fit) -> Any:
        return self.stat(replace(self.model, fit=fit))
