data
library(lme4)
data$YEAR <- factor(data$YEAR, levels = c("95", "96", "97"))
fit <- glmer.nb(TICKS ~ YEAR + (1 | BROOD), data = data)
