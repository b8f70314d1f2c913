data
library(lme4)
fit <- lmer(angle ~ temp + (1 | replicate) + (0 + dummy(recipe, "B") | replicate) + (0 + dummy(recipe, "C") | replicate), data = data)
