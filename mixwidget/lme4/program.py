"""The program of R that fits a model to a file and writes what it found, one number a line."""

from __future__ import annotations

DATA_FILE, MODEL_FILE, FOUND_FILE, PROGRAM_FILE = "data.csv", "model.R", "found.csv", "compare.R"

# What each line of FOUND_FILE has: a kind, three names (of group, column, level), and the number or text.
PROGRAM = r"""
lines <- character()
quoted <- function(x) paste0('"', gsub('"', '""', enc2utf8(as.character(x)), fixed = TRUE), '"')
tell <- function(kind, value, group = "", column = "", level = "") {
  text <- if (is.numeric(value)) sprintf("%.17g", value) else quoted(gsub("\\s+", " ", value))
  lines <<- c(lines, paste(kind, quoted(group), quoted(column), quoted(level), text, sep = ","))
}
finish <- function() {
  out <- file("found.csv", open = "wb")
  writeLines(lines, out, useBytes = TRUE)
  close(out)
  quit(save = "no")
}

tell("R", as.character(getRversion()))
if (!requireNamespace("lme4", quietly = TRUE)) { tell("missing", "lme4"); finish() }
tell("lme4", as.character(packageVersion("lme4")))
suppressPackageStartupMessages(library(lme4))

home <- new.env(parent = globalenv())
header <- scan("data.csv", "", sep = ",", nlines = 2, quiet = TRUE, encoding = "UTF-8")
columns <- header[seq_len(length(header) / 2)]
classes <- header[length(columns) + seq_along(columns)]
values <- read.csv("data.csv", header = FALSE, skip = 2, na.strings = "", encoding = "UTF-8",
                   colClasses = ifelse(classes == "text", "character", NA))
names(values) <- columns
code <- readLines("model.R", encoding = "UTF-8")
assign(code[1], values, home)
said <- character()
outcome <- tryCatch(withCallingHandlers(
  eval(parse(text = code[-1], encoding = "UTF-8", keep.source = FALSE), home),
  warning = function(w) { said <<- c(said, conditionMessage(w)); invokeRestart("muffleWarning") },
  message = function(m) { said <<- c(said, conditionMessage(m)); invokeRestart("muffleMessage") }),
  error = function(e) { tell("error", conditionMessage(e)); finish() })
for (text in unique(said)) tell("said", text)

fit <- home$fit
criterion <- if (isLMM(fit) && isREML(fit)) REMLcrit(fit) else -2 * as.numeric(logLik(fit))
if (isGLMM(fit)) {
  likelihood <- family(fit)
  # ?family: aic() adds 2 for a dispersion that is estimated
  if (likelihood$family %in% c("Gamma", "inverse.gaussian", "gaussian")) criterion <- criterion - 2
  # ?glmer: with nAGQ > 1 the log-likelihood is the one less that of the saturated model
  if (fit@devcomp$dims[["nAGQ"]] > 1) {
    y <- getME(fit, "y"); w <- weights(fit, "prior")
    criterion <- criterion + likelihood$aic(y, w, y, w, 0)
  }
  if (grepl("^Negative Binomial", likelihood$family)) tell("shape", getME(fit, "glmer.nb.theta"))
}
tell("criterion", criterion)
for (name in names(fixef(fit))) {
  tell("fixef", fixef(fit)[[name]], column = name)
  tell("se", sqrt(diag(as.matrix(vcov(fit))))[[match(name, names(fixef(fit)))]], column = name)
}
for (group in names(VarCorr(fit))) {
  block <- VarCorr(fit)[[group]]
  own <- colnames(block)
  for (i in seq_along(own)) {
    tell("sd", attr(block, "stddev")[[i]], group, own[i])
    for (j in seq_len(i - 1)) tell("cor", attr(block, "correlation")[i, j], group, own[j], own[i])
  }
}
if (isLMM(fit) || likelihood$family %in% c("Gamma", "inverse.gaussian", "gaussian")) tell("sigma", sigma(fit))
modes <- ranef(fit, condVar = FALSE)
for (group in names(modes)) for (column in colnames(modes[[group]]))
  tell("mode", modes[[group]][[column]], group, column, rownames(modes[[group]]))
finish()
"""
