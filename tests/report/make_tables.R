# Writes tables.json: what R prints of tables of results, the oracle of mixwidget/report/result_table.py. Run in this folder:
# Rscript make_tables.R
suppressMessages({library(lme4); library(lmerTest); library(emmeans); library(jsonlite)})
options(width = 80)

# the optimum to more digits than are printed: lme4 stops after six
polished <- function(formula, data) {
  parts <- lFormula(formula, data)
  devfun <- do.call(mkLmerDevfun, parts)
  start <- optimizeLmer(devfun)$par
  for (i in 1:8) start <- nlminb(start, devfun, lower = environment(devfun)$lower, control = list(rel.tol = 1e-15, x.tol = 1e-12))$par
  for (i in 1:5) { g <- numDeriv::grad(devfun, start); H <- numDeriv::hessian(devfun, start); start <- start - solve(H, g) }
  fit <- mkMerMod(environment(devfun), list(par = start, fval = devfun(start), conv = 0), parts$reTrms, fr = parts$fr)
  fit@call <- match.call(lme4::lmer, call("lmer", formula = formula, data = substitute(data)))
  as_lmerModLmerTest(fit)
}
printed <- function(x) capture.output(print(x))
emm <- function(...) emmeans(..., lmer.df = "satterthwaite")

sleep <- polished(Reaction ~ Days + (Days | Subject), sleepstudy)
cake_data <- lme4::cake
cake_data$temperature <- factor(cake_data$temperature, ordered = FALSE)
cake <- polished(angle ~ recipe * temperature + (1 | recipe:replicate), cake_data)
slopes <- polished(angle ~ recipe * temp + (1 | recipe:replicate), cake_data)

tables <- list(
  anova_III_satterthwaite = printed(anova(sleep)), anova_I_satterthwaite = printed(anova(sleep, type = 1)),
  `anova_II_kenward-roger` = printed(anova(sleep, type = 2, ddf = "Kenward-Roger")), anova_cake = printed(anova(cake)),
  drop1_chisq = printed(drop1(sleep, ddf = "lme4", test = "Chisq")), drop1_f = printed(drop1(sleep)), drop1_cake = printed(drop1(cake)),
  ranova = printed(ranova(sleep)), coefficients = capture.output(printCoefmat(coef(summary(sleep)), digits = 4, cs.ind = 1:3, tst.ind = 4, P.values = TRUE, has.Pvalue = TRUE)),
  confint = printed(confint(sleep, "beta_", method = "Wald")), confint_90 = printed(confint(sleep, "beta_", method = "Wald", level = 0.9)),
  coef = printed(coef(sleep)$Subject), ranef = printed(ranef(sleep, condVar = FALSE)$Subject), vcov = printed(as.matrix(vcov(sleep))),
  means = printed(emm(sleep, "Days", at = list(Days = c(0, 9)))), means_by = printed(emm(cake, ~ recipe | temperature)),
  pairs_by = printed(summary(pairs(emm(cake, ~ recipe | temperature)), infer = TRUE)),
  pairs = printed(summary(pairs(emm(cake, ~ recipe)), infer = TRUE)), trends = printed(emtrends(slopes, ~ recipe, "temp", lmer.df = "satterthwaite")))

# means of any size beside their standard errors: how many digits tell the ends of intervals apart
means <- list()
for (case in list(
  list(c(1000.1234, 1001.345), c(.01, .02), 20), list(c(33.12345, 33.2234), c(.05, .05), 20), list(c(33.12345, 33.2234), c(.5, .4), 20),
  list(c(0.00012, 0.00045), c(.00001, .00002), 20), list(c(123456.7, 133333.3), c(1234.5, 999.9), 20), list(c(1e-10, 5), c(1, 1), 12.3456),
  list(c(-2, 1234), c(3, 30), 1234.567), list(c(100.1234, 100.1334), c(1, 1), 20), list(c(100.1234, 100.1334), c(.2, .2), 20),
  list(c(100.1234, 100.1334), c(.05, .05), 20), list(c(100.1234, 100.1334), c(.005, .05), 20), list(c(-0.5, 12), c(.1, 2), Inf))) {
  at <- emmobj(bhat = case[[1]], V = diag(case[[2]]^2, 2), levels = list(g = c("a", "b")), dffun = function(k, dfargs) dfargs$df, dfargs = list(df = case[[3]]))
  means[[length(means) + 1]] <- list(estimate = case[[1]], se = case[[2]], df = if (is.finite(case[[3]])) case[[3]] else "Inf",
    means = printed(at), pairs = printed(summary(contrast(at, "pairwise", adjust = "none"), infer = TRUE)))
}
versions <- list(R = R.version.string)
for (package in c("lme4", "lmerTest", "emmeans", "pbkrtest")) versions[[package]] <- as.character(packageVersion(package))
write_json(list(versions = versions, tables = tables, means = means), "tables.json", auto_unbox = TRUE, digits = 17)
