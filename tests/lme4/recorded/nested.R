data
library(lme4)
fit <- lmer(strength ~ 1 + (1 | batch/cask), data = data, REML = FALSE)
