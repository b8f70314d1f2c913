# Marginal means, slopes and contrasts of emmeans on unbalanced data with an empty cell and a nested factor.
# Rscript means.R, in this folder; writes means.csv and means.json. R 4.2.2, emmeans 1.8.4-1, lme4 1.1-31, lmerTest 3.1-3.
suppressPackageStartupMessages({library(lme4); library(lmerTest); library(emmeans)})
emm_options(lmer.df = "satterthwaite", msg.nesting = FALSE, msg.interaction = FALSE); options(warn = -1)
set.seed(8); n <- 180
d <- data.frame(strain = sample(letters[1:5], n, TRUE, c(.3, .1, .2, .1, .3)), t = sample(c("p", "q"), n, TRUE),
  s = sample(c("k", "l", "m"), n, TRUE, c(.5, .3, .2)), blk = paste0("b", rep(1:9, 20)), z = sample(0:1, n, TRUE, c(.7, .3)),
  x = round(rnorm(n, 2008, 3), 2), lg = sample(c(TRUE, FALSE), n, TRUE))
d$geno <- ifelse(d$strain %in% c("a", "b"), "g1", "g2")
d <- d[!(d$s == "m" & d$t == "q"), ]
d$y <- round(as.integer(factor(d$strain)) + (d$t == "p") * as.integer(factor(d$s)) + rnorm(nrow(d)) + rnorm(9)[as.integer(factor(d$blk))] + .2 * (d$x - 2008), 4)
write.csv(d, "means.csv", row.names = FALSE); d <- read.csv("means.csv", stringsAsFactors = TRUE)
formulas <- c(nested = "y ~ geno + strain + t + (1 | blk)", slash = "y ~ geno/strain + (1 | blk)", colon = "y ~ geno + geno:strain + t * lg + (1 | blk)",
  empty = "y ~ s * t * x + (1 | blk)", main = "y ~ s * t + z + x + lg + (1 | blk)", terms = "y ~ s + s:t + (1 | blk)", one = "y ~ strain * lg + (1 | blk)")
calls <- list(
  list("nested", "geno"), list("nested", "strain"), list("nested", "1"), list("nested", "strain", by = "t"), list("nested", "geno", weights = "outer"),
  list("nested", "geno", weights = "proportional"), list("nested", "t", weights = "flat"), list("nested", "t", weights = "cells"), list("nested", "1", weights = "outer"),
  list("nested", "strain", contrasts = "pairwise"), list("slash", "geno"), list("slash", "strain", contrasts = "eff"), list("colon", "geno", contrasts = "pairwise"),
  list("colon", "strain", by = "lg", contrasts = "del.eff"), list("terms", "s"), list("terms", "t"), list("terms", "1"),
  list("empty", c("s", "t")), list("empty", "s"), list("empty", "s", trend = "x"), list("empty", c("s", "t"), trend = "x"), list("empty", "t", by = "s", contrasts = "pairwise", trend = "x"),
  list("empty", "s", weights = "cells"), list("empty", "t", weights = "flat"), list("empty", "t", weights = "cells", trend = "x"), list("main", "1", weights = "flat"),
  list("main", "1", weights = "cells"), list("main", "1", weights = "proportional"), list("main", "t", weights = "outer", at = list(s = c("k", "l"))),
  list("main", "t", weights = "proportional", at = list(s = c("l", "k"), z = c(0, 1))), list("main", "t", weights = "cells", at = list(s = c("l", "k"), x = c(2000, 2010))),
  list("main", "z", by = "lg", contrasts = "pairwise"), list("main", c("z", "lg"), contrasts = "pairwise"), list("main", "x", at = list(x = c(-1, 2000)), contrasts = "pairwise", weights = "flat"),
  list("main", "s", by = "t", contrasts = "pairwise"), list("main", "s", by = "t", contrasts = "pairwise", adjust = "bonferroni"), list("main", "s", by = "t", contrasts = "pairwise", adjust = "holm"),
  list("main", "s", by = "t", contrasts = "pairwise", adjust = "BY"), list("main", "s", by = "t", contrasts = "pairwise", adjust = "scheffe"), list("main", "s", by = "t", contrasts = "eff"),
  list("main", "s", by = "t", contrasts = "poly"), list("main", "s", adjust = "scheffe", weights = "cells"), list("main", "s", adjust = "tukey", weights = "cells"),
  list("one", "strain", contrasts = "pairwise"), list("one", "strain", contrasts = "pairwise", adjust = "scheffe"), list("one", "strain", by = "lg", contrasts = "consec", adjust = "tukey"),
  list("one", "strain", contrasts = "mean_chg", adjust = "hommel"), list("one", "strain", contrasts = "mean_chg", reverse = TRUE, adjust = "none"), list("one", "strain", contrasts = "consec", reverse = TRUE, adjust = "sidak"),
  list("one", "strain", contrasts = "trt.vs.ctrl", ref = 3, adjust = "hochberg"), list("one", "strain", contrasts = "trt.vs.ctrl", ref = c(2, 4), reverse = TRUE, adjust = "fdr"),
  list("one", "strain", contrasts = "del.eff"), list("one", "strain", contrasts = "poly"), list("one", "strain", by = "lg", adjust = "bonferroni"))
default <- list(list("one", "strain", contrasts = "trt.vs.ctrl"), list("one", "strain", contrasts = "consec"), list("one", "strain", contrasts = "mean_chg"),
  list("one", "strain", by = "lg", contrasts = "consec"), list("one", "strain", contrasts = "pairwise", adjust = "mvt"), list("one", "strain", adjust = "mvt"))
number <- function(v) { v <- as.numeric(v); ifelse(is.na(v), "NA", ifelse(is.infinite(v), "Inf", signif(v, 11))) }
answer <- function(call) {
  m <- suppressMessages(lmer(as.formula(formulas[[call[[1]]]]), d))
  spec <- as.formula(paste("~", paste(call[[2]], collapse = "*"), if (is.null(call$by)) "" else paste("|", call$by)))
  e <- if (is.null(call$trend)) emmeans(m, spec, weights = if (is.null(call$weights)) "equal" else call$weights, at = call$at)
       else emtrends(m, spec, var = call$trend, max.degree = 1, weights = if (is.null(call$weights)) "equal" else call$weights)
  arguments <- c(list(e, call$contrasts), call[intersect(names(call), c("adjust", "ref", "reverse"))])
  s <- if (is.null(call$contrasts)) summary(e, adjust = if (is.null(call$adjust)) "none" else call$adjust) else summary(do.call(contrast, arguments), infer = TRUE)
  messages <- attr(s, "mesg"); s <- as.data.frame(s); names(s) <- sub("asymp.LCL", "lower.CL", sub("asymp.UCL", "upper.CL", names(s)))
  names(s)[grepl("emmean|trend", names(s))] <- "estimate"; keep <- intersect(c("estimate", "SE", "df", "lower.CL", "upper.CL", "p.value"), names(s))
  list(model = call[[1]], specs = I(call[[2]]), options = call[-(1:2)], adjusted = I(grep("adjust", messages, value = TRUE)),
    names = I(if (is.null(s$contrast)) character() else as.character(s$contrast)), cols = lapply(s[keep], function(v) I(number(v))))
}
jsonlite::write_json(list(source = paste(R.version.string, "emmeans", packageVersion("emmeans"), "lme4", packageVersion("lme4")), formulas = as.list(formulas),
  exact = lapply(calls, answer), simulated = lapply(default, answer)), "means.json", auto_unbox = TRUE, digits = 11)
