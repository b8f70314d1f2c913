# F tests of types I, II and III by lmerTest and pbkrtest: unbalanced, all cells or some of them empty, three codings,
# with and without an intercept; run in this folder, it writes f_tests.csv and f_tests.json.
suppressMessages({library(lmerTest); library(pbkrtest); library(jsonlite)}); options(warn=-1)
set.seed(20261202); n <- 320
d <- data.frame(a=sample(c("p","q","r","s"),n,TRUE,c(.35,.3,.2,.15)), b=sample(c("u","v","w"),n,TRUE,c(.5,.3,.2)),
  o=sample(c("k1","k2","k3"),n,TRUE), z=round(rnorm(n,2),3), g=sprintf("g%02d",sample(32,n,TRUE)))
U <- matrix(rnorm(128),32) %*% diag(c(1.2,2,1.6,2.6)); V <- rnorm(32)
gi <- as.integer(substr(d$g,2,3)); ai <- match(d$a,c("p","q","r","s"))
d$y <- round(2 + U[cbind(gi,ai)] + (V*(gi%%2*2-1))[gi]*(d$o=="k3")*2+rnorm(32)[gi]*(d$o=="k2")*1.5 + (d$b=="v")*.5 + .3*d$z + rnorm(n), 4)
write.csv(d, "f_tests.csv", row.names=FALSE)
for (v in c("a","b","g")) d[[v]] <- factor(d[[v]]); d$o <- factor(d$o, ordered=TRUE)
some <- subset(d, !(a=="s" & b=="w") & !(a=="q" & b=="u" & o=="k2"))
fixed <- c("a","o","0 + a","a + z","o + z","a + b","a + b + z","0 + a + b","0 + b + a","0 + a + z","0 + a + b + z","a * b","a * b + z","a * b + o",
  "a * o + b","a * z + b","0 + a * b","0 + a * b + o","0 + a + b * o","0 + o + z","0 + a:b","a:b","0 + a:z","a:z","a * b * z","a * b * o","0 + a * z + b")
rows <- list()
for (cells in c("all","some")) for (f in fixed) for (cd in c("treatment","sum","helmert")) {
 used <- intersect(all.vars(as.formula(paste("~",f))), c("a","b"))
 if (!length(used) && cd != "treatment") next
 random <- if (grepl("o", f) && !grepl("a", f)) "(o | g)" else "(0 + a | g)"
 fo <- as.formula(paste("y ~", f, "+", random)); environment(fo) <- globalenv()
 cc <- if (length(used)) setNames(as.list(rep(paste0("contr.",cd),length(used))), used) else NULL
 m <- suppressMessages(do.call("lmer", list(fo, as.name(if (cells=="all") "d" else "some"), contrasts=cc, control=lmerControl(optimizer="bobyqa", optCtrl=list(rhoend=1e-9, maxfun=1e5)))))
 for (ddf in c("Satterthwaite","Kenward-Roger")) for (type in 1:3) {
  if (ddf == "Kenward-Roger" && (type != 3 || cd != "treatment" || length(fixef(m)) > 7)) next
  t <- as.data.frame(suppressMessages(anova(m, type=type, ddf=ddf)))
  rows[[length(rows)+1]] <- list(cells=cells, fixed=f, random=random, coding=cd, ddf=tolower(ddf), type=type, terms=I(gsub(" ","",rownames(t))), num=I(t$NumDF), F=I(signif(t[["F value"]],8)), den=I(signif(t$DenDF,8))) } }
versions <- sapply(c("lme4","lmerTest","pbkrtest"), function(p) as.character(packageVersion(p)))
writeLines(toJSON(list(R=R.version.string, versions=as.list(versions), tests=rows), digits=I(8), auto_unbox=TRUE), "f_tests.json")
