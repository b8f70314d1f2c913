# generalized.json.gz: criteria of glmer (parts of cases.json that this makes: data once, parameters and values) for every
# family and link on made data, at three points each; nAGQ 0, 1, 2, 5, 9. Run in this folder; lme4 as a black box.
suppressPackageStartupMessages({library(lme4); library(MASS); library(jsonlite)})
options(warn=1)
ctl <- glmerControl(tolPwrss=1e-12, check.conv.singular="ignore", calc.derivs=FALSE, check.nobs.vs.nRE="ignore", check.nobs.vs.nlev="ignore")
set.seed(20)
n <- 144; g <- factor(rep(1:12, each=12)); h <- factor(rep(1:8, length.out=n)); x <- round(runif(n,-1,1),3); t <- factor(sample(c("a","b","c"), n, TRUE))
bg <- rnorm(12); bx <- rnorm(12); bh <- rnorm(8)
lin <- function(i,s,sg,sx,sh) i + s*x + 0.3*s*(t=="b") + sg*bg[g] + sx*bx[g]*x + sh*bh[h]
off <- round(runif(n,-.1,.1),3); w <- sample(1:3,n,TRUE); wr <- round(runif(n,.5,2),3); size <- sample(1:9,n,TRUE)
rig <- function(mu,phi) statmod::rinvgauss(n, mean=mu, dispersion=phi)
D <- data.frame(g,h,x,t,off,w,wr,size)
cases <- list()
add <- function(id,y,fam,weights=NULL,offset=NULL,link.scale=1, extra=NULL, sizes=NULL) cases[[length(cases)+1]] <<- list(id=id,y=y,fam=fam,weights=weights,offset=offset,sizes=sizes)
e <- lin(.2,.8,.7,.3,.4)
for (l in c("logit","probit","cloglog","cauchit")) { f <- binomial(l); p <- f$linkinv(e)
  y <- rbinom(n,1,p); yc <- rbinom(n,size,p)
  add(paste0("bin01_",l), y, f); add(paste0("bin01_off_",l), y, f, offset=off)
  add(paste0("bincbind_",l), yc/size, f, sizes=size); add(paste0("binprop_off_",l), yc/size, f, weights=size, offset=off) }
add("bin01_w_logit", rbinom(n,1,plogis(e)), binomial(), weights=w)
add("bin01_wr_logit", rbinom(n,1,plogis(e)), binomial(), weights=wr)
lk <- function(l) switch(l, log=lin(1.2,.4,.4,.2,.2), sqrt=lin(2,.4,.4,.2,.2), identity=lin(8,1,.7,.4,.4))
for (l in c("log","sqrt","identity")) { f <- poisson(l); y <- rpois(n, f$linkinv(lk(l))); add(paste0("pois_",l), y, f); add(paste0("pois_w_off_",l), y, f, weights=wr, offset=off) }
lk2 <- function(l) switch(l, log=lin(1.2,.4,.4,.2,.2), inverse=lin(2,.2,.15,.08,.1), identity=lin(8,1,.7,.4,.4), `1/mu^2`=lin(1,.1,.07,.04,.05))
for (l in c("inverse","log","identity")) { f <- Gamma(l); m <- f$linkinv(lk2(l)); y <- rgamma(n, 8, scale=m/8); add(paste0("gamma_",l), y, f); add(paste0("gamma_w_off_",l), y, f, weights=wr, offset=off) }
for (l in c("1/mu^2","inverse","log","identity")) { f <- do.call(inverse.gaussian, list(link=l)); m <- f$linkinv(lk2(l)); y <- rig(m, .05/mean(m)); add(paste0("ig_",l), y, f); add(paste0("ig_w_off_",l), y, f, weights=wr, offset=off) }
for (l in c("log","inverse")) { f <- gaussian(l); m <- f$linkinv(lk2(l)); y <- m + rnorm(n,0,.25*mean(m)*.5); add(paste0("gauss_",l), y, f); add(paste0("gauss_w_off_",l), y, f, weights=wr, offset=off) }
for (l in c("log","sqrt","identity")) { f <- do.call(negative.binomial, list(theta=2.5, link=l)); m <- f$linkinv(lk(l)); y <- rnegbin(n, m, 2.5); add(paste0("nb_",l), y, f); add(paste0("nb_w_off_",l), y, f, weights=wr, offset=off) }
recenter <- function(devfun, p, nAGQ, k=8) { rho <- environment(devfun); v <- Inf
  for (i in 1:k) { w <- devfun(p); rho$lp0 <- (rho$resp$eta + 0) - (if (nAGQ > 0L) rho$baseOffset else rho$resp$offset); if (is.finite(v) && abs(w - v) < 1e-13 * (1 + abs(w))) break; v <- w }; w }
comp <- function(devfun, p, v) { rho <- environment(devfun); list(par=p, value=v, ldL2=rho$pp$ldL2(), ussq=rho$pp$sqrL(1), u=rho$pp$u(1), eta=rho$resp$eta+0, mu=rho$resp$mu+0, resDev=rho$resp$resDev(), aic=rho$resp$aic(), wrss=rho$resp$wrss(), ldRX2=rho$pp$ldRX2()) }
out <- list()
quiet <- function(z) suppressMessages(suppressWarnings(z))
form <- function(cs,re) as.formula(paste0(if(!is.null(cs$sizes)) "cbind(s1,s2)" else "y", " ~ x + t + ", re))
for (cs in cases) for (str in c("scalar","vector")) {
  d <- D; d$y <- cs$y; if (!is.null(cs$sizes)) { d$s1 <- round(cs$y*cs$sizes); d$s2 <- cs$sizes-d$s1 }
  d$W <- if (is.null(cs$weights)) 1 else cs$weights; d$O <- if (is.null(cs$offset)) 0 else cs$offset
  fo <- form(cs, if (str=="scalar") "(1|g)" else "(x|g)+(1|h)")
  args <- list(formula=fo, data=d, family=cs$fam, control=ctl)
  if (!is.null(cs$weights)) args$weights <- quote(W); if (!is.null(cs$offset)) args$offset <- quote(O)
  r <- list(id=cs$id, str=str, family=cs$fam$family, link=cs$fam$link, x=x, t=as.character(t), g=as.integer(g), h=as.integer(h), y=cs$y, w=if(!is.null(cs$sizes)) cs$sizes else d$W, off=d$O, points=list(), agq0=list(), agq=list())
  mod <- tryCatch(quiet(do.call(glFormula, args)), error=function(e) e); if (inherits(mod,"error")) { cat(cs$id,str,"ERR", conditionMessage(mod),"\n"); next }
  g0 <- tryCatch(quiet(glm(update(fo, if(!is.null(cs$sizes)) cbind(s1,s2)~x+t else y~x+t), data=d, family=cs$fam, weights=W, offset=O)), error=function(e) e)
  if (inherits(g0,"error")) { cat(cs$id,"glm ERR",conditionMessage(g0),"\n"); g0 <- list(coefficients=c(cs$fam$linkfun(mean(cs$y)),0,0,0)) }
  b0 <- unname(g0$coefficients)
  sc <- if (cs$fam$family %in% c("Gamma")) .8 else if (cs$fam$family=="inverse.gaussian") 1.2 else if (cs$fam$family=="gaussian") .3 else .5
  if (cs$fam$link=="inverse" ) sc <- .3; if (cs$fam$link=="1/mu^2") sc <- .3
  ths <- if (str=="scalar") list(sc, .5*sc, 0) else list(sc*c(1,.2,.5,.6), sc*c(.7,-.3,0,.3), sc*c(0,0,.4,0))
  dv <- tryCatch(quiet(do.call(mkGlmerDevfun, c(mod, list(verbose=0L, control=ctl, nAGQ=0L)))), error=function(e) e); if (inherits(dv,"error")) { cat(cs$id,str,"DEVFUN ERR",conditionMessage(dv),"\n"); next }
  for (th in ths) { v <- tryCatch(quiet(recenter(dv,th,0L)), error=function(e) e); if (inherits(v,"error")) cat(cs$id,str,"agq0 ERR",conditionMessage(v),"\n") else r$agq0[[length(r$agq0)+1]] <- comp(dv,th,v) }
  quiet(try(dv(ths[[1]]),silent=TRUE))
  for (nq in if (str=="scalar") c(1L,2L,5L,9L) else 1L) {
    mod <- quiet(do.call(glFormula, args)); dv <- tryCatch(quiet(do.call(mkGlmerDevfun, c(mod, list(verbose=0L, control=ctl, nAGQ=0L)))), error=function(e) e); try(quiet(dv(ths[[1]])),silent=TRUE)
    dv <- tryCatch(quiet(updateGlmerDevfun(dv, mod$reTrms, nAGQ=nq)), error=function(e) e); if (inherits(dv,'error')) { cat(cs$id,str,nq,'UPDATE ERR',conditionMessage(dv),'\n'); next }
    for (i in 1:3) { p <- c(ths[[i]], b0*(1+.02*(i-1))); v <- tryCatch(quiet(recenter(dv,p,nq)), error=function(e) e)
      if (inherits(v,"error")) { cat(cs$id,str,nq,"ERR",conditionMessage(v),"\n"); next }
      if (nq==1L) r$points[[length(r$points)+1]] <- comp(dv,p,v) else r$agq[[length(r$agq)+1]] <- c(list(n=nq), comp(dv,p,v)) } }
  out[[length(out)+1]] <- r
}
write_json(out, "cases.json", digits=NA, auto_unbox=TRUE)
cat(length(out),"cases\n")
