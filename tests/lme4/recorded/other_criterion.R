data
library(lme4)
# glmer's random effects are not scaled by the dispersion, so its numbers differ; mixwidget's Control(laplace='lme4') has them
fit <- glmer(Reaction ~ Days + (1 | Subject), data = data, family = Gamma("log"))
