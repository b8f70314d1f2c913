# Writes generalized_printing.json: what lme4 prints of generalized models. Run in this folder: Rscript make_generalized_printing.R
# The optimiser is run to the end, since lme4's default stops where standard errors are still 1 % off.
suppressMessages({library(lme4); library(jsonlite)})
options(width = 80)
tight <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), tolPwrss = 1e-12, calc.derivs = TRUE)
sleep <- sleepstudy
models <- list(
  cbpp = glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, control = tight),
  cbpp_agq = glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, control = tight, nAGQ = 9),
  cbpp_modes = glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, control = tight, nAGQ = 0),
  cbpp_probit = glmer(cbind(incidence, size - incidence) ~ 1 + (1 | herd), cbpp, binomial("probit"), control = tight),
  verbagg = glmer(r2 ~ btype + situ + Anger + (1 | id) + (1 | item), VerbAgg, binomial, control = tight),
  ticks_nb = glmer.nb(TICKS ~ YEAR + (1 | BROOD), grouseticks, control = tight),
  ticks_levels = glmer(TICKS ~ YEAR + (1 | BROOD) + (1 | INDEX) + (1 | LOCATION), grouseticks, poisson, control = tight),
  sleep_gamma = glmer(Reaction ~ Days + (1 | Subject), sleep, Gamma("log"), control = tight))
printed <- lapply(models, function(m) list(summary = capture.output(print(summary(m))), print = capture.output(print(m)), varcorr = capture.output(print(VarCorr(m)))))
versions <- list(R = R.version.string, lme4 = as.character(packageVersion("lme4")))
write_json(list(versions = versions, models = printed), "generalized_printing.json", auto_unbox = TRUE, pretty = TRUE)
