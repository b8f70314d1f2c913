# Makes dialect.json: R's model matrices of expressions on the toy data (run from the top of the repository).
suppressPackageStartupMessages({ library(lme4); library(splines); library(jsonlite) })
toy <- read.csv("tests/oracles/datasets/toy.csv", stringsAsFactors = TRUE)
toy$a <- factor(toy$a); toy$b <- toy$x > 0; toy$o <- ordered(toy$h); toy$text <- as.character(toy$g)
toy$`a b` <- toy$z; toy$far <- 1000 + toy$z; toy$n <- rep(c(10, 9, 100, 0.5), 12)
right <- c("f:h + f:g", "x:f + x:g", "0 + x:f + f:h", "0 + f:x + h", "f:h:x + f", "h + f:x + x:h", "0 + x + f:h", "b*x", "0 + b", "b:x", "x:b - 1",
  "b*f - 1", "0 + x + b + f", "`a b`*x", "log(`a b` + 1) + f", "o", "o:x", "0 + o", "o*f", "text", "text:x", "ordered(n)", "C(f, contr.sum)*x", "C(f, sum)",
  "C(f, contr.treatment(3, base = 2))", "C(f, contr.treatment, base = 3)", "C(f, contr.helmert)", "C(f, contr.helmert, 1)", "C(f, contr.SAS)", "C(ordered(f), contr.poly)", "C(a, contr.poly)", "x:C(f, contr.sum)",
  "scale(z)", "scale(z, center = FALSE)", "scale(z, scale = FALSE)", "ave(z, f)", "I(z - ave(z, f, h))*x", "ave(z)", "poly(z, 3)", "poly(far, 4)", "poly(x, 1)", "poly(z, degree = 2, raw = TRUE)", "poly(z, 2):f", "poly(z, 2)*f",
  "ns(z, 3)", "ns(z, df = 4, intercept = TRUE)", "ns(z, knots = c(0.3, 0.6))", "ns(z)", "bs(z)", "bs(z, 5)", "bs(z, df = 5, degree = 2)", "bs(z, knots = 0.5, Boundary.knots = c(-1, 2))", "splines::ns(z, 3)",
  "cut(z, 3)", "cut(z, c(0, 0.5, 1))", "cut(z, c(0, 0.5, 1), labels = c('lo', 'hi'))", "cut(z, c(0, 0.5, 1), right = FALSE)", "relevel(f, ref = 'r')*x", "factor(f, levels = c('r', 'p', 'q'))", "factor(f, labels = c('u', 'v', 'w'))",
  "dummy(f)", "dummy(f, 'q')", "dummy(f, c('p', 'r'))", "I(x^2) + I(2*x + z/3) + I(-x^2)", "I(x > 0 & z < 0.5)", "I(f == 'p' | !b)", "I(f %in% c('p', 'q')):x", "I(x != 0.5)", "I(x %% 2) + I(x %/% 1)",
  "ifelse(f == 'p', 'yes', 'no')", "ifelse(b, z, 0)", "log(z, base = 2) + log2(z) + log10(z) + log1p(z) + exp(x) + sqrt(z)", "log(z, 2)", "abs(x) + sin(x) + cos(x) + tan(x) + round(z, 1) + sign(x) + floor(z * 10)", "as.numeric(f) + as.integer(h)", "as.numeric(b)", "as.factor(x)", "as.character(f)",
  "I(x - mean(x)) + I((z - min(z)) / sd(z))", "droplevels(interaction(f, h))", "droplevels(interaction(f, h, lex.order = TRUE))", "pmin(x, z) + pmax(x, 0)", "cbind(x, z^2)", "cbind(x, z)", "cbind(u = x, v = z)", "cbind(poly(z, 2), x)", "cbind(x^2, poly(z, 2))", "cbind(x, 2, z)", "(x + z + f)^3", "x*z*f - x:z", "f %in% h", "x + z - 1 + 1", "a*f - a", "f*(x + z)", "(f + h)/x", "f/h/x", "x^2", "(x + f)^2 - x", "C(f, contr.treatment(levels(f), base = 2))", "C(f, \"contr.sum\")", "C(f, contr.treatment)", "C(f)")
out <- lapply(right, function(r) tryCatch({
  X <- suppressWarnings(model.matrix(as.formula(paste("~", r)), toy))
  list(right = unbox(r), columns = colnames(X), rows = unname(apply(X[c(1, 2, 7, 30, 48), , drop = FALSE], 1, as.numeric, simplify = FALSE)), labels = attr(terms(as.formula(paste("~", r))), "term.labels"), assign = attr(X, "assign"))
}, error = function(e) { cat(r, ":", conditionMessage(e), "\n"); NULL }))
# what predict() makes of new data: transformations use what they found on the toy data
new <- data.frame(x = c(-3, 0, 0.5, 2), z = c(-0.5, 0.2, 0.7, 1.9), f = factor(c("r", "p", "q", "r"), levels = c("p", "q", "r")), h = factor(c("h1", "h3", "h2", "h2")), far = c(1000.3, 1002, 999, 1000))
new$b <- new$x > 0; new$o <- factor(new$h, ordered = TRUE)
kept <- c("poly(z, 3)", "poly(far, 4)", "poly(z, 2, raw = TRUE)", "scale(z)", "scale(z, center = FALSE)", "ns(z, 3)", "0 + ns(z, df = 4, intercept = TRUE)", "ns(z, knots = c(0.3, 0.6))", "bs(z, 5)", "bs(z, df = 5, degree = 2)", "f + o*x", "C(f, contr.sum)*x", "poly(z, 2):f", "b*x", "relevel(f, ref = 'r')*scale(x)")
predicted <- lapply(kept, function(r) { fo <- as.formula(paste("~", r)); mf <- model.frame(fo, toy); tt <- terms(mf)
  X <- suppressWarnings(model.matrix(tt, model.frame(tt, new, xlev = .getXlevels(tt, mf)), contrasts.arg = attr(model.matrix(tt, mf), "contrasts")))
  list(right = unbox(r), columns = colnames(X), rows = unname(apply(X, 1, as.numeric, simplify = FALSE))) })
writeLines(toJSON(list(versions = list(R = unbox(R.version.string)), rows = c(1, 2, 7, 30, 48), cases = Filter(Negate(is.null), out), new = new, predicted = predicted), digits = NA, pretty = FALSE), "tests/design/dialect.json")
