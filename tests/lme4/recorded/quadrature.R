data
library(lme4)
data$period <- factor(data$period, levels = c("1", "2", "3", "4"))
fit <- glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), data = data, family = binomial, nAGQ = 9)
