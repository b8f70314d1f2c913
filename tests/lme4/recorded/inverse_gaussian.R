data
library(lme4)
fit <- glmer(Reaction ~ Days + (1 | Subject), data = data, family = inverse.gaussian("log"))
