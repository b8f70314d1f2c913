# REML criterion and fixed effects of lme4's default fit for the models listed in models.json; run in this folder.
suppressMessages({library(lme4); library(jsonlite); library(splines)})
folder <- "../datasets"
meta <- fromJSON(file.path(folder, "datasets.json"), simplifyVector = FALSE)
read_data <- function(name) {
  if (name == "machines") {
    data <- as.data.frame(nlme::Machines)
    data$Worker <- factor(as.character(data$Worker))
    return(data)
  }
  described <- meta[[name]]
  text <- sapply(described$columns, function(column) column$type %in% c("factor", "ordered", "text"))
  data <- read.csv(file.path(folder, described$file), na.strings = "", check.names = FALSE,
                   colClasses = ifelse(text, "character", "numeric"))
  for (column in described$columns) if (column$type %in% c("factor", "ordered"))
    data[[column$name]] <- factor(data[[column$name]], unlist(column$levels), ordered = column$type == "ordered")
  data
}
stored <- fromJSON("models.json", simplifyVector = FALSE)
stored$models <- lapply(stored$models, function(model) {
  fit <- suppressWarnings(suppressMessages(lmer(as.formula(model$formula), read_data(model$data))))
  list(data = model$data, formula = model$formula, criterion = unname(REMLcrit(fit)), names = names(fixef(fit)),
       fixef = unname(fixef(fit)), se = unname(sqrt(diag(as.matrix(vcov(fit))))))
})
writeLines(toJSON(stored, digits = NA, auto_unbox = TRUE), "models.json")
