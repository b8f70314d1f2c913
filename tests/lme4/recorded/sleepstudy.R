data
library(lme4)
fit <- lmer(Reaction ~ Days + (Days | Subject), data = data)
