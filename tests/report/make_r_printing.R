# Writes r_printing.json: what R itself prints, the oracle of mixwidget/report. Run in this folder: Rscript make_r_printing.R
suppressMessages({library(lme4); library(jsonlite)})
options(width = 80)
set.seed(2024)

numbers <- list(
  c(612.10, 35.07166, 654.941), c(5.702e-05, 26.91, 45.81), c(0, 13.81), c(1764.05, 2451.25), c(1.9220413, 0.0001983, 6.0696124),
  c(251.405, 10.467), c(1e5, 1), c(123456.7), c(1e15), c(1e-15, 1), c(-53.0396), c(NA, 1.5), c(1e-300), c(-1e-5, 2e-5), c(100000, 0.00001),
  c(0.1 + 0.2), c(99999.96), c(9.9996, 1), c(0.00012), c(1234567.891, 0.12), c(3, 4, 5), c(NaN, Inf, -Inf, 1.25), c(1e100, 1),
  c(-0.95, 0.07), c(0.5), c(1e5), c(123456), c(0.0001), c(0.00001234), c(33.333333333, 2e-10), c(2.5, 3.5, 0.25), c(-1, 1), numeric(1))
for (i in 1:60) numbers[[length(numbers) + 1]] <- signif(rnorm(sample(1:5, 1)) * 10^runif(1, -6, 6), sample(2:12, 1))
formats <- list()
for (x in numbers) for (d in c(2, 3, 4, 7)) formats[[length(formats) + 1]] <-
  list(values = as.character(sapply(x, function(v) sprintf("%.17g", v))), digits = d, out = format(x, digits = d))

pvalues <- list(c(1e-20, 3.264e-06), c(1e-20, 1e-30), c(0.668, 0.146, 1e-18), c(0.2, 0.04, 0.00454), c(1), c(0.99999, 1e-4), c(1e-17),
  c(0.5, 1e-16), c(0.0001, 0.001, 0.01), c(7.072e-10, 0.83949), c(0, 0.5), c(3e-5), c(2.3e-16, 0.9), c(0.1, 0.2, 1e-17))
for (i in 1:30) pvalues[[length(pvalues) + 1]] <- 10^-runif(sample(1:5, 1), 0, 20)
pvals <- list()
for (p in pvalues) for (d in c(3, 4)) pvals[[length(pvals) + 1]] <-
  list(values = as.character(sprintf("%.17g", p)), digits = d, out = format.pval(p, digits = d, eps = .Machine$double.eps))

names_lists <- list(
  c("(Intercept)", "Days"), c("(Intercept)", "poly(Days, 2)1", "poly(Days, 2)2"), paste0("factor(Days)", 1:9),
  c("standLRT", "schgendboys", "schgendgirls", "sexM", "standLRT:schgendboys", "standLRT:schgendgirls"),
  c("intakemid 50%", "intaketop 25%"), c("attitudepol.vs.inf", "genderM.vs.F", "attitudepol.vs.inf:genderM.vs.F"),
  c("blockblock2", "blockblock3", "sowsow2", "harvestharv2"), c("year", "size", "femaleMale", "year:size"),
  c("recipeA:temperature.L", "recipeB:temperature.L", "temperature^4", "temperature^5"), c("a", "ab", "abc"),
  c("I(Days^2)", "I(Days^3)", "I((Days - 5)^2)"), c("log(size)", "sqrt(x + 1)", "ns(age, df = 3)1", "ns(age, df = 3)2", "ns(age, df = 3)3"),
  c("conditionlow frequency", "conditionhigh frequency", "condition low   frequency"), c("AAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAB"),
  c("aeiouaeiouaeiou", "Aeiou Bcdfg eiou", "the quick brown fox"), c("x1", "x2", "x1:x2"), c("C(f, contr.sum)1", "C(f, contr.sum)2"),
  c("value ", " value two", "income_per_household", "INCOME_PER_HOUSEHOLD", "IncomePerHousehold"), c("groupcontrol", "grouptreatment", "time", "groupcontrol:time", "grouptreatment:time"))
abbreviations <- list()
for (n in names_lists) for (m in c(6, 11)) abbreviations[[length(abbreviations) + 1]] <- list(names = n, minlength = m, out = unname(abbreviate(n, m)))

formulas <- c("Reaction~Days+(Days|Subject)", "log(y)~a*b+I(x^2)+(1|g/h)", "y ~ a:b + (a+b+c)^2-1 + (0+x||g)", "y ~ poly(x,2)+ns(z,df=3)+offset(log(w))+(1|a:b)",
  "frequency ~ 1 + attitude * gender + (1 + attitude | subject) + (1 + attitude | scenario)",
  "extro ~ open + agree + social + (1 | school) + (1 | class) + (1 | class:school)", "cbind(inc, size-inc) ~ period + (1 | herd)",
  "response_time ~ condition * previous_condition + log(trial_number) + scale(frequency) + (1 + condition + log(trial_number) | participant) + (1 + condition | item)",
  "y ~ C(f,contr.sum)+ -x + (1|g)", "y ~ I(x>2) + I(x<=3&z==1) + (1|g)", "`my y` ~ `col 1` + (1|g)", "y~x%in%z+(1|g)", "y ~ I(-x) + I(x*-1)+(x|g)",
  "response_time_in_milliseconds ~ condition_of_the_experiment * group_of_the_participant + (1 | participant)")
deparsed <- lapply(formulas, function(f) {
  form <- formula(f)
  list(text = f, one = paste(deparse(form, width.cutoff = 500L), collapse = ""), out = capture.output(cat("Formula:", deparse(form), fill = TRUE, sep = " ")), lines = I(deparse(form)))
})

coefmats <- list()
add_coefmat <- function(m) {
  coefmats[[length(coefmats) + 1]] <<- list(rows = rownames(m), columns = colnames(m), values = lapply(1:nrow(m), function(i) sprintf("%.17g", m[i, ])),
    out = capture.output(printCoefmat(m, digits = 4, signif.stars = TRUE, cs.ind = 1:3, tst.ind = 4, has.Pvalue = TRUE, P.values = TRUE)))
}
for (i in 1:25) {
  k <- sample(1:6, 1); se <- abs(rnorm(k)) * 10^runif(1, -4, 3) * if (i %% 2) 1 else 10^runif(k, -2, 2); est <- rnorm(k) * se * sample(c(1, 3, 30), 1); df <- runif(k, 3, 400)
  t <- est / se; m <- cbind(Estimate = est, `Std. Error` = se, df = df, `t value` = t, `Pr(>|t|)` = 2 * pt(-abs(t), df))
  rownames(m) <- c("(Intercept)", "Days", "a rather long name of a coefficient", "I(Days^2)", "conditionb:Days", "factor(x)2")[1:k]
  add_coefmat(m)
}
m <- cbind(Estimate = c(1e-10, 1), `Std. Error` = c(1, 2), df = c(10, 20), `t value` = c(1e-10, .5), `Pr(>|t|)` = c(.99, .6)); rownames(m) <- c("zero", "one"); add_coefmat(m)
m <- cbind(Estimate = c(1, 0), `Std. Error` = c(1, 2), df = c(NA, NA), `t value` = c(1, 0), `Pr(>|t|)` = c(NA, NA)); rownames(m) <- c("one", "null"); add_coefmat(m)

varcorrs <- list()
add_varcorr <- function(covs, sc) {
  vc <- lapply(covs, function(v) structure(v, stddev = sqrt(diag(v)), correlation = cov2cor(v)))
  vc <- structure(vc, sc = sc, useSc = TRUE, class = "VarCorr.merMod")
  varcorrs[[length(varcorrs) + 1]] <<- list(
    groups = names(covs), names = lapply(covs, function(v) I(rownames(v))), covs = lapply(unname(covs), function(v) lapply(1:nrow(v), function(i) I(v[i, ]))), sigma = sc,
    sd_only = capture.output(print(vc, digits = 4)), both = capture.output(print(vc, comp = c("Variance", "Std.Dev."), digits = 4)),
    default = capture.output(print(vc)))
}
named <- function(v, n) { dimnames(v) <- list(n, n); v }
rand_cov <- function(n) { k <- length(n); a <- matrix(rnorm(k * k), k) * 10^runif(k, -1, 1.5); named(a %*% t(a), n) }
for (i in 1:8) add_varcorr(list(g = rand_cov(c("(Intercept)", "x", "a:b")), `h:g` = rand_cov("(Intercept)")), exp(rnorm(1)))
add_varcorr(list(g = rand_cov(c("(Intercept)", "x")), h = rand_cov(c("(Intercept)", "x")), h.1 = rand_cov("z")), 2)
add_varcorr(list(g = named(matrix(c(1, .9, -.2, .9, 1, -.1, -.2, -.1, 1), 3), c("a", "b", "c"))), 1)
add_varcorr(list(g = rand_cov(c("(Intercept)", "conditionincongruent", "grouptreated", "conditionincongruent:grouptreated", "x"))), 3.25)

sleep <- sleepstudy
m1 <- lmer(Reaction ~ Days + (1 | Subject), sleep); m2 <- lmer(Reaction ~ Days + (Days || Subject), sleep); m3 <- lmer(Reaction ~ Days + (Days | Subject), sleep)
m0 <- lmer(Reaction ~ 1 + (Days | Subject), sleep)
anovas <- list(two = capture.output(suppressMessages(anova(m1, m3))), three = capture.output(anova(m1, m2, m3, refit = FALSE)), fixed = capture.output(suppressMessages(anova(m3, m0))),
  same_size = capture.output(suppressMessages(anova(m1, lmer(Reaction ~ Days + (0 + Days | Subject), sleep), refit = FALSE))))
ranefs <- capture.output(print(ranef(m3, condVar = FALSE)))
write_json(list(versions = list(R = R.version.string, lme4 = as.character(packageVersion("lme4"))), formats = formats, pvalues = pvals, abbreviations = abbreviations,
  deparsed = deparsed, coefmats = coefmats, varcorrs = varcorrs, anovas = anovas, ranef = ranefs), "r_printing.json", auto_unbox = TRUE, digits = 17)
