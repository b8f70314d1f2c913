# Fits with every prior of blme: theta, sigma, penalty and criterion where its optimiser stopped.
# Rscript make_blme_priors.R, in this folder.
suppressMessages({library(blme); library(jsonlite)})
data("sleepstudy", package="lme4"); data("Dyestuff2", package="lme4")
ctl <- lmerControl(optimizer="bobyqa", optCtrl=list(rhobeg=0.2,rhoend=1e-9), check.conv.grad="ignore", check.conv.hess="ignore", check.conv.singular="ignore")
out <- list()
add <- function(id, expr) {
  m <- tryCatch(suppressWarnings(expr), error=function(e) {cat(id, conditionMessage(e), "\n"); NULL}); if (is.null(m)) return(invisible())
  dc <- m@devcomp$cmp
  out[[id]] <<- list(theta=unname(getME(m,"theta")), sigma=sigma(m), fixef=unname(fixef(m)), vcov=unname(as.matrix(vcov(m))), REML=dc[["REML"]], dev=dc[["dev"]], penalty=dc[["penalty"]], loglik=as.numeric(logLik(m)), prior=capture.output(print(m))[1:3])
}
f1 <- Reaction ~ Days + (0+Days|Subject); f2 <- Reaction ~ Days + (Days|Subject)
add("gamma", blmer(f1, sleepstudy, control=ctl, cov.prior=gamma))
add("gamma_rate", blmer(f1, sleepstudy, control=ctl, cov.prior=gamma(shape=2, rate=0.5, posterior.scale="sd")))
add("gamma_var", blmer(f1, sleepstudy, control=ctl, cov.prior=gamma(shape=2, rate=0.5, posterior.scale="var")))
add("invgamma", blmer(f1, sleepstudy, control=ctl, cov.prior=invgamma))
add("invgamma_var", blmer(f1, sleepstudy, control=ctl, cov.prior=invgamma(shape=2, scale=1, posterior.scale="var")))
add("invwishart", blmer(f2, sleepstudy, control=ctl, cov.prior=invwishart))
add("wishart_scale", blmer(f2, sleepstudy, control=ctl, cov.prior=wishart(df=5, scale=diag(2,2))))
add("wishart_sqrt", blmer(f2, sleepstudy, control=ctl, cov.prior=wishart(df=5, scale=diag(2,2), posterior.scale="sqrt")))
add("wishart_sqrt_inf", blmer(f2, sleepstudy, control=ctl, cov.prior=wishart(posterior.scale="sqrt")))
add("invwishart_sqrt", blmer(f2, sleepstudy, control=ctl, cov.prior=invwishart(df=5, scale=diag(1,2), posterior.scale="sqrt")))
add("wishart_abs", blmer(f2, sleepstudy, control=ctl, cov.prior=wishart(df=5, scale=diag(c(600,40)), common.scale=FALSE)))
add("fixef_reml", blmer(f2, sleepstudy, control=ctl, cov.prior=NULL, fixef.prior=normal))
add("fixef_ml", blmer(f2, sleepstudy, control=ctl, REML=FALSE, cov.prior=NULL, fixef.prior=normal))
add("fixef_abs_reml", blmer(f2, sleepstudy, control=ctl, cov.prior=NULL, fixef.prior=normal(sd=c(100,5), common.scale=FALSE)))
add("fixef_abs_ml", blmer(f2, sleepstudy, control=ctl, REML=FALSE, cov.prior=NULL, fixef.prior=normal(sd=c(100,5), common.scale=FALSE)))
add("resid_gamma", blmer(f2, sleepstudy, control=ctl, cov.prior=NULL, resid.prior=gamma))
add("resid_invgamma", blmer(f2, sleepstudy, control=ctl, cov.prior=NULL, resid.prior=invgamma(shape=3, scale=1000)))
add("resid_point", blmer(f2, sleepstudy, control=ctl, cov.prior=NULL, resid.prior=point(30)))
add("resid_gamma_sd", blmer(f2, sleepstudy, control=ctl, cov.prior=NULL, resid.prior=gamma(shape=4, rate=0.1, posterior.scale="sd")))
f3 <- Reaction ~ Days + (Days + I(Days^2/10)|Subject)
add("invwishart_three", blmer(f3, sleepstudy, control=ctl, cov.prior=invwishart))
add("fixef_wishart_reml", blmer(f2, sleepstudy, control=ctl, fixef.prior=normal))
for (t_prior in list(c("t", "t"), c("t_scale", "t(df=5, scale=c(40,1))"), c("t_mean", "t(df=3, mean=c(200,5))"),
    c("t_abs", "t(df=3, mean=c(200,5), scale=c(900,4), common.scale=FALSE)"), c("t_heavy", "t(df=1.5, scale=c(300,10), common.scale=FALSE)"),
    c("t_matrix", "t(df=4, scale=matrix(c(100,3,3,4),2))"))) {
  add(t_prior[1], eval(parse(text=sprintf("blmer(f2, sleepstudy, control=ctl, REML=FALSE, cov.prior=NULL, fixef.prior=%s)", t_prior[2]))))
}
out[["versions"]] <- list(R=paste(R.version$major, R.version$minor, sep="."), blme=as.character(packageVersion("blme")), lme4=as.character(packageVersion("lme4")))
write_json(out, "blme_priors.json", digits=17, auto_unbox=TRUE)
