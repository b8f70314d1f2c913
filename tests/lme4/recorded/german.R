data
library(lme4)
fit <- lmer(Größe ~ Dauer + (Dauer | Straße), data = data)
