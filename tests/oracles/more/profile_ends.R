# Ends of 95 % profile intervals of hsb_m0 by lme4's own deviance function, minimised anew at every held value and
# polished until nothing changes; and how far the deviance has risen at the ends that expected/hsb_m0.json holds.
suppressMessages({library(lme4); library(jsonlite)})
data <- read.csv("../datasets/hsb.csv"); data$sch.id <- factor(data$sch.id)
deviance_of <- lmer(math ~ ses + sector + (ses | sch.id), data, REML = FALSE, devFunOnly = TRUE)
inside <- environment(deviance_of); n <- nrow(data); cut <- qchisq(0.95, 1)
full <- function(sd0, rho, sd1, sigma) {
  deviance_of(c(sd0, rho * sd1, sqrt(1 - rho^2) * sd1) / sigma)
  inside$pp$ldL2() + (inside$resp$wrss() + inside$pp$sqrL(1)) / sigma^2 + n * log(2 * pi * sigma^2)
}
lowest <- function(f, start) {
  best <- optim(start, f, method = "Nelder-Mead", control = list(reltol = 1e-16, maxit = 1e5))
  repeat {
    again <- optim(best$par, f, method = "Nelder-Mead", control = list(reltol = 1e-16, maxit = 1e5))
    if (best$value - again$value < 1e-9) return(again)
    best <- again
  }
}
# free parameters: log sd0, the angle of the correlation, log sd1, log sigma
whole <- lowest(function(p) full(exp(p[1]), sin(p[2]), exp(p[3]), exp(p[4])), c(log(2), 0.7, log(0.6), log(6)))
held <- list(
  `cor_ses.(Intercept)|sch.id` = function(v) lowest(
    function(p) full(exp(p[1]), v, exp(p[2]), exp(p[3])), whole$par[c(1, 3, 4)])$value,
  `sd_ses|sch.id` = function(v) lowest(
    function(p) full(exp(p[1]), sin(p[2]), v, exp(p[3])), whole$par[c(1, 2, 4)])$value)
stored <- fromJSON("../expected/hsb_m0.json")$confint_profile_exact
ends <- list()
for (name in names(held)) for (side in names(stored$columns)) {
  v <- stored$columns[[side]][match(name, stored$row_names)]
  if (v == 1) next
  rise <- function(v) held[[name]](v) - whole$value
  end <- uniroot(function(v) rise(v) - cut, v + c(-1, 1) * 1e-3, tol = 1e-10)$root
  ends[[length(ends) + 1]] <- list(parameter = name, side = side, end = end, reference = v, rise_at_reference = rise(v))
}
writeLines(toJSON(list(R = R.version.string, lme4 = as.character(packageVersion("lme4")), model = "hsb_m0",
                       deviance = whole$value, quantile = cut, ends = ends),
                  digits = NA, auto_unbox = TRUE, pretty = TRUE), "profile_ends.json")
