# lmerTest, pbkrtest, emmeans, performance and broom.mixed on unbalanced data with weights, an offset, interactions, missing
# cells, aliased columns, several codings and a singular fit; run in this folder, it writes unbalanced.csv and unbalanced.json.
suppressMessages({library(lmerTest); library(emmeans); library(pbkrtest); library(jsonlite)})
emm_options(msg.interaction=FALSE, msg.nesting=FALSE, lmerTest.limit=1e5, pbkrtest.limit=1e5)
set.seed(20261121); n <- 160
d <- data.frame(a=sample(c("a1","a2","a3"),n,TRUE,c(.5,.3,.2)), b=sample(c("lo","hi"),n,TRUE,c(.6,.4)), o=sample(c("p","q","r"),n,TRUE),
  x=round(rnorm(n,3,2),3), w=round(runif(n,.3,3),3), off=round(rnorm(n),3), g=sprintf("g%02d",sample(14,n,TRUE,prob=1:14)), h=sample(LETTERS[1:9],n,TRUE))
ge <- rnorm(14); gs <- rnorm(14,0,.4); he <- rnorm(9,0,.8)
gi <- as.integer(substr(d$g,2,3)); hi <- match(d$h,LETTERS)
d$y <- round(2 + (d$a=="a2") + 2*(d$a=="a3")*(d$b=="hi") + .5*d$x - .04*d$x^2 + ge[gi] + gs[gi]*d$x + he[hi] + d$off + rnorm(n)/sqrt(d$w),4)
d$yp <- round(exp(.3*d$y),4)
d$z <- round(rnorm(n),4)
write.csv(d,"unbalanced.csv",row.names=FALSE)
for (v in c("a","g","h")) d[[v]] <- factor(d[[v]])
d$b <- factor(d$b, levels=c("lo","hi")); d$o <- factor(d$o, ordered=TRUE)
empty <- droplevels(subset(d, !(a=="a3" & b=="hi")))
cust <- d; contrasts(cust$a) <- matrix(c(-1,.5,.5, 0,-1,1),3, dimnames=list(c("a1","a2","a3"),c("rest","last")))
C <- list(
 weights = list(f=quote(lmer(y ~ a*b + x + (1|g), d, weights=w)), em="a", by="b", tr="x"),
 offset = list(f=quote(lmer(y ~ a*b + poly(x,2) + offset(off) + (x|g), d)), em="a", by="b", tr="x"),
 crossed = list(f=quote(lmer(log(yp) ~ a + b:x + (1|g) + (1|h), d)), em="b", by=NULL, tr="x"),
 empty = list(f=quote(lmer(y ~ a*b + x + (1|g) + (1|h), empty)), em="a", by=NULL, tr="x"),
 coded = list(f=quote(lmer(y ~ a*b*x + (1|g), d, contrasts=list(a="contr.sum", b="contr.helmert"))), em="a", by="b", tr="x"),
 ordered = list(f=quote(lmer(y ~ o*b + x + (1|g), d)), em="o", by="b", tr="x"),
squares_sum = list(f=quote(lmer(y ~ x + I(x^2) + a:x + (1|g) + (0+x|g), d, contrasts=list(a="contr.sum"))), em="a", by=NULL, tr="x"),
 squares = list(f=quote(lmer(y ~ x + I(x^2) + a:x + (1|g) + (0+x|g), d)), em="a", by=NULL, tr="x"),
 custom = list(f=quote(lmer(y ~ a*x + (1|h), cust)), em="a", by=NULL, tr="x"),
 noint = list(f=quote(lmer(y ~ 0 + a + a:x + (1|g), d)), em="a", by=NULL, tr="x"),
 singular = list(f=quote(lmer(z ~ a*b + x + (x|h), d)), em="a", by="b", tr="x"),
 ml = list(f=quote(lmer(y ~ a*b + x + (1|g), d, REML=FALSE)), em="a", by="b", tr="x"),
 rankdef = list(f=quote(lmer(y ~ a + x + I(2*x) + b + (1|g), d)), em="b", by=NULL, tr="x"),
 nested3 = list(f=quote(lmer(y ~ a*b + (1|g/o), d)), em="a", by="b", tr=NULL),
 abo = list(f=quote(lmer(y ~ a + b + o + a:b + b:o + (1|g), d)), em="b", by=NULL, tr=NULL),
 nest = list(f=quote(lmer(y ~ a/x + (1|g), d)), em="a", by=NULL, tr="x")
)
tab <- function(t) { t <- as.data.frame(t); t[] <- lapply(t, function(v) if (is.factor(v)) as.character(v) else v); list(rows=I(rownames(t)), cols=as.list(t)) }
try_ <- function(e) { r <- tryCatch(suppressWarnings(suppressMessages(e)), error=function(err) list(error=conditionMessage(err))); r }
out <- list()
versions <- sapply(c("lme4","lmerTest","pbkrtest","emmeans","performance","broom.mixed"), function(p) as.character(packageVersion(p)))
nd <- data.frame(a=c("a1","a2","a3","a1"), b=c("lo","hi","lo","hi"), o=c("p","q","r","p"), x=c(0,1.5,4,-1), off=c(0,1,-1,.5), w=c(1,2,1,1), g=c("g01","g14","g07","zz"), h=c("A","C","B","I"))
nd$o <- factor(nd$o, levels=c("p","q","r"), ordered=TRUE)
for (name in names(C)) { m <- C[[name]]; fit <- suppressWarnings(suppressMessages(eval(m$f))); res <- list(formula=paste(deparse(formula(fit)),collapse=" "))
 res$criterion <- if (isREML(fit)) REMLcrit(fit) else deviance(fit)
 res$coef <- tab(coef(summary(fit))); if (isREML(fit)) res$coef_kr <- try_(tab(coef(summary(fit, ddf="Kenward-Roger"))))
 for (ty in 1:3) { res[[paste0("anova",ty)]] <- try_(tab(anova(fit,type=ty))); if (isREML(fit)) res[[paste0("anova_kr",ty)]] <- try_(tab(anova(fit,type=ty,ddf="Kenward-Roger"))) }
 res$ranova <- try_(tab(ranova(fit))); res$drop1F <- try_(tab(drop1(fit))); res$drop1 <- try_(tab(stats::drop1(as(fit,"lmerMod"),test="Chisq")))
 dd <- eval(m$f[[3]])
 spec <- if (is.null(m$by)) as.formula(paste("~",m$em)) else as.formula(paste("~",m$em,"|",m$by))
 for (mode in c("satterthwaite","kenward-roger")) if (isREML(fit) || mode=="satterthwaite") {
  e <- try_(emmeans(fit, spec, lmer.df=mode, data=dd)); if (is.list(e)) { res[[paste0("emm_",mode)]] <- e } else {
  res[[paste0("emm_",mode)]] <- try_(tab(summary(e))); res[[paste0("pairs_",mode)]] <- try_(tab(summary(pairs(e), infer=TRUE)))}}
 res$emm_prop <- try_(tab(summary(emmeans(fit, as.formula(paste("~",m$em)), weights="proportional", lmer.df="satterthwaite",data=dd))))
 res$emm_at <- try_(tab(summary(emmeans(fit, as.formula(paste("~",m$em)), at=list(x=c(1,4)), lmer.df="satterthwaite",data=dd))))
 if (!is.null(m$tr)) { tr <- try_(emtrends(fit, as.formula(paste("~",m$em)), var=m$tr, lmer.df="satterthwaite",data=dd)); if (!(is.list(tr) && !is.null(tr$error))) { res$trends <- try_(tab(summary(tr))); res$trend_pairs <- try_(tab(summary(pairs(tr),infer=TRUE)))} else res$trends <- tr }
 res$effc <- try_(tab(summary(contrast(emmeans(fit, as.formula(paste("~",m$em)), lmer.df="satterthwaite",data=dd), "eff"))))
 res$pred <- try_(list(v=unname(predict(fit, nd, allow.new.levels=TRUE)))); res$pred0 <- try_(list(v=unname(predict(fit, nd, re.form=NA))))
 res$hat <- unname(hatvalues(fit))[1:10]; res$cooks <- try_(list(v=unname(cooks.distance(fit))[1:10]))
 r <- try_(performance::r2(fit)); res$r2 <- if (is.null(r) || !is.null(r$error)) NULL else unlist(lapply(r[1:2],as.numeric))
 res$icc <- try_(unlist(performance::icc(fit)))
 res$tidy <- try_(tab(broom.mixed::tidy(fit,conf.int=TRUE,effects=c("fixed","ran_pars")))); res$glance <- try_(tab(broom.mixed::glance(fit))); res$augment <- try_(names(broom.mixed::augment(fit)))
 out[[name]] <- res }
writeLines(toJSON(list(R=R.version.string, versions=as.list(versions), models=out),digits=I(9),auto_unbox=TRUE,na="null"),"unbalanced.json")
