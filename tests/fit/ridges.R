# lme4's and lm's answers to models that say the same thing twice: the data of the lme4 issues 257 and 279.
# python3 -c "..." below writes the data with numpy; then: Rscript ridges.R data.csv > ridges.json, in this folder.
#   import numpy as np, pandas as pd; r = np.random.default_rng(3)
#   S = np.repeat([f"s{i:02d}" for i in range(27)], 4); sex = np.repeat(np.where(np.arange(27) < 16, "M", "F"), 4)
#   age = np.tile([8, 10, 12, 14], 27); b = r.normal(size=(27, 2)); k = np.repeat(np.arange(27), 4)
#   y = 16 + .7*age + b[k,0]*np.where(sex=="M", 2., .8) + b[k,1]*.15*age + r.normal(size=108)
#   pd.DataFrame(dict(S=S, sex=sex, age=age, male=(sex=="M")*1., y=y)).to_csv("data.csv", index=False)
suppressMessages({library(lme4); library(jsonlite)})
d <- read.csv(commandArgs(TRUE)[1], stringsAsFactors=FALSE)
ctl <- lmerControl(optimizer="bobyqa", optCtrl=list(rhobeg=0.2, rhoend=1e-9, maxfun=1e5), check.nobs.vs.nRE="ignore",
                   check.conv.grad="ignore", check.conv.hess="ignore", check.conv.singular="ignore")
fits <- list()
for (f in c("age + (age|S) + (0+sex|S)", "age + (age|S) + (0+male|S)", "age*sex + (1|S) + (0+sex|S)", "sex + (0+sex|S)",
            "age + (1|S) + (1|S)", "age + (age|S) + (0+age|S)")) {
  m <- suppressWarnings(lmer(as.formula(paste("y ~", f)), d, control=ctl))
  fits[[f]] <- list(criterion=REMLcrit(m), fixef=unname(fixef(m)))
}
l <- lm(y ~ S, d); n <- nrow(d); p <- length(coef(l)); s <- summary(l)
reml <- (n - p) * (log(2*pi*s$sigma^2) + 1) + as.numeric(determinant(crossprod(model.matrix(l)))$modulus)
out <- list(versions=list(R=R.version.string, lme4=as.character(packageVersion("lme4"))), data=as.list(d), fits=fits,
            linear=list(coef=unname(coef(l)), se=unname(s$coefficients[,2]), reml=reml))
cat(toJSON(out, digits=NA, auto_unbox=TRUE))
