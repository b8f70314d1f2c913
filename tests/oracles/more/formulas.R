# formulas.json: what lme4 makes of many spellings of a formula, on simulated data (formulas.csv); run in this folder.
# Criterion (-2 logLik: REMLcrit() reads memory that is not set where there are no fixed effects), fixed effects, the
# columns of each random term. Formulas are read from formulas.json: add one with its text alone and run this again.
suppressMessages({library(lme4); library(jsonlite); library(splines)})
simulate_data <- function(n = 120) {
  set.seed(11)
  d <- data.frame(x = round(rnorm(n), 3), z = round(runif(n, 1, 3), 3), f = sample(c("b", "a", "c"), n, TRUE),
                  h = sample(c("lo", "hi"), n, TRUE), k = sample(c(10, 2, 33), n, TRUE), g = rep(1:12, each = 10),
                  s = rep(rep(1:5, each = 2), 12), w = round(rexp(n), 4) + 0.001, i = rep(1:24, 5))
  d$l <- d$x + rnorm(n) > 0
  d$o <- sample(c("low", "mid", "high"), n, TRUE)
  d$off <- round(rnorm(n), 2)
  b <- rnorm(12); slope <- rnorm(12, 0, .5); item <- rnorm(24, 0, .7); nested <- rnorm(60, 0, .6)
  d$y <- round(5 + d$x + b[d$g] + slope[d$g] * d$x + item[d$i] + nested[d$g * 5 - 5 + d$s] +
               0.5 * (d$f == "a") * b[d$g] + d$l + rnorm(n), 4)
  d
}
if (!file.exists("formulas.csv")) write.csv(simulate_data(), "formulas.csv", row.names = FALSE)
d <- read.csv("formulas.csv")
d$f <- factor(d$f, levels = c("b", "a", "c")); d$o <- factor(d$o, levels = c("low", "mid", "high"))
stored <- fromJSON("formulas.json", simplifyVector = FALSE)
models <- lapply(stored$models, function(model) {
  fit <- suppressWarnings(suppressMessages(lmer(as.formula(model$formula), d)))
  cnms <- getME(fit, "cnms")
  list(formula = model$formula, criterion = -2 * as.numeric(logLik(fit)), names = I(as.character(names(fixef(fit)))),
       fixef = I(unname(fixef(fit))), se = I(unname(sqrt(diag(as.matrix(vcov(fit)))))),
       terms = lapply(seq_along(cnms), function(j) list(group = names(cnms)[j], columns = I(cnms[[j]]))))
})
versions <- list(R = R.version.string, lme4 = as.character(packageVersion("lme4")))
writeLines(toJSON(list(versions = versions, models = models), digits = NA, auto_unbox = TRUE), "formulas.json")
