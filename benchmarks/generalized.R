# Times glmer on a CSV file: Rscript generalized.R FILE FORMULA FAMILY FACTORS REPEATS  ->  elapsed, CPU seconds, criterion
suppressPackageStartupMessages(library(lme4))
given <- commandArgs(TRUE)
frame <- read.csv(given[1], stringsAsFactors = TRUE)
for (name in strsplit(given[4], ",", fixed = TRUE)[[1]]) frame[[name]] <- factor(frame[[name]])
for (i in seq_len(as.integer(given[5]))) {
  times <- system.time(model <- suppressWarnings(suppressMessages(glmer(as.formula(given[2]), frame, given[3]))))
  cat(times[["elapsed"]], times[["user.self"]] + times[["sys.self"]], -2 * as.numeric(logLik(model)), "\n")
}
