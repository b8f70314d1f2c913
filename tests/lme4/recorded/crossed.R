data
library(lme4)
fit <- lmer(diameter ~ 1 + (1 | plate) + (1 | sample), data = data)
