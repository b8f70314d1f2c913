# Answers one line for each line it reads, so that neither the start of R nor the reading of data is timed.
# Words are separated by tabs:  version | load FOLDER | fit FORMULA  ->  done SECONDS CPU CRITERION NOTE | failed MESSAGE
suppressPackageStartupMessages(library(lme4))

frame <- NULL

read_column <- function(folder, name, kind, rows) {
  path <- file.path(folder, paste0(name, ".bin"))
  if (kind == "number") return(readBin(path, "double", rows, endian = "little"))
  levels <- readLines(file.path(folder, paste0(name, ".levels")), encoding = "UTF-8")
  structure(readBin(path, "integer", rows, size = 4, endian = "little"), levels = levels, class = "factor")
}

read_frame <- function(folder) {
  columns <- read.delim(file.path(folder, "columns.tsv"), colClasses = c("character", "character", "integer"), quote = "")
  as.data.frame(Map(function(name, kind, rows) read_column(folder, name, kind, rows), columns$name, columns$kind, columns$rows))
}

fit <- function(text) {
  started <- Sys.time()
  cpu_started <- sum(proc.time()[1:2])
  model <- suppressWarnings(suppressMessages(lmer(as.formula(text), frame)))
  seconds <- as.double(Sys.time()) - as.double(started)
  cpu <- sum(proc.time()[1:2]) - cpu_started
  remarks <- c(paste(model@optinfo$feval, "evaluations"),
               if (isSingular(model)) "singular",
               if (length(model@optinfo$conv$lme4$messages)) "convergence warning")
  c("done", sprintf("%.17g", c(seconds, cpu, model@devcomp$cmp[["REML"]])), paste(remarks, collapse = ", "))
}

commands <- list(
  version = function() c("done", paste0("lme4 ", packageVersion("lme4"), ", R ", getRversion())),
  load = function(folder) { frame <<- read_frame(folder); gc(); c("done", nrow(frame)) },
  fit = fit
)

one_line <- function(text) gsub("[\t\r\n]+", " ", text)
input <- file("stdin", "r")
while (length(line <- readLines(input, 1L)) > 0L) {
  words <- strsplit(line, "\t", fixed = TRUE)[[1L]]
  answer <- tryCatch(do.call(commands[[words[1L]]], as.list(words[-1L])),
                     error = function(e) c("failed", conditionMessage(e)))
  cat(paste(one_line(answer), collapse = "\t"), "\n", sep = "")
  flush(stdout())
}
