/** The views that Python sends: plain data, estimates already computed. The twins are in mixwidget/views/. */

/** Little-endian float64 values; anywidget hands binary buffers over as DataView. */
export type Bytes = DataView;

export interface TermRow {
  name: string;
  variance: number;
  sd: number;
  /** Correlations with the earlier columns of the same group; null where the model fixes them at zero. */
  corr: (number | null)[];
}

export interface GroupRow {
  group: string;
  n_levels: number;
  /** Share of the variance of one observation, averaged over the rows. */
  share: number;
  terms: TermRow[];
}

export interface VarcorrView {
  groups: GroupRow[];
  residual: { variance: number; sd: number; share: number };
}

export interface FixedView {
  names: string[];
  estimate: number[];
  se: number[];
  t: number[];
}

/** Tests of the fixed effects; they may come after the fit they belong to. */
export interface TestsView {
  /** The fit's key. */
  of: number;
  state: "waiting" | "computing" | "ready" | "failed";
  df: (number | null)[];
  p: (number | null)[];
  message: string;
}

export interface ModesColumn {
  name: string;
  /** The fixed effect of the same name, 0 if the model has none. */
  fixed: number;
  has_fixed: boolean;
  mode: Bytes;
  sd: Bytes;
}

export interface ModesView {
  group: string;
  n_levels: number;
  columns: ModesColumn[];
  size: Bytes;
  /** Standard normal quantiles of the ranks, ascending. */
  quantile: Bytes;
}

export interface Finding {
  code: string;
  severity: string;
  message: string;
  hint: string;
}

export interface IntervalLevel {
  label: string;
  /** Half width of the interval in conditional standard deviations. */
  z: number;
}

export interface FitView {
  /** Tells the fits of one widget apart. */
  key: number;
  formula: string;
  method: "REML" | "ML";
  nobs: number;
  npar: number;
  criterion: number;
  loglik: number;
  aic: number;
  bic: number;
  sigma: number;
  is_singular: boolean;
  findings: Finding[];
  seconds: number;
  fixed: FixedView;
  varcorr: VarcorrView;
  modes: ModesView[];
  intervals: IntervalLevel[];
  verdict: string;
  prior: string;
  snippets: { label: string; text: string }[];
}

export interface Option {
  name: string;
  allowed: boolean;
  reason: string;
}

export type Form = "full" | "diagonal" | "intercept" | "written" | "off";

export interface FactorOption extends Option {
  n_levels: number;
  slopes: Option[];
  /** The bar terms as they were typed, where none of the three forms says the same; else "". */
  written: string;
}

export interface PairChoice extends Option {
  label: string;
  /** Which of the grouping factors of this pair are in the model. */
  groups: string[];
}

export interface PairOption {
  a: string;
  b: string;
  /** All grouping factors that this pair can switch. */
  groups: string[];
  text: string;
  choices: PairChoice[];
}

export interface FixedOption extends Option {
  /** Terms that contain this one and keep it in the model. */
  within: string[];
}

export interface StructureView {
  response: string;
  fixed: FixedOption[];
  factors: FactorOption[];
  pairs: PairOption[];
}

export interface GroupChoice {
  group: string;
  form: Form;
  intercept: boolean;
  slopes: string[];
}

/** The prior on the covariance matrices; a strength of null asks for the least that makes the fit regular. */
export interface PriorChoice {
  family: string;
  strength: number | null;
}

export interface Choice {
  fixed: string[];
  reml: boolean;
  groups: GroupChoice[];
  prior: PriorChoice;
}

export interface Move {
  name: string;
  /** Without, with, change. */
  texts: string[];
  /** Places of the two values on a scale from 0 to 1; null where there is no value. */
  without: number | null;
  under: number | null;
}

export interface PriorView {
  families: { name: string; label: string; title: string }[];
  /** From no prior to blme's default. */
  stops: { strength: number; label: string }[];
  /** Position of the least prior that is enough, where it is known. */
  least: number | null;
  /** Whether the least prior can be asked for. */
  has_least: boolean;
  note: string;
  moves: Move[];
  sentence: string;
}

export interface Pattern {
  group: string;
  names: string[];
  /** 1 where the model estimates the (co)variance, 0 where it is fixed at zero. */
  cells: number[][];
}

export interface Lrt {
  stat: number;
  df: number;
  p: number;
  against: number;
  note: string;
}

export interface Rung {
  key: number;
  formula: string;
  method: "REML" | "ML";
  npar: number;
  criterion: number;
  aic: number;
  bic: number;
  lrt: Lrt | null;
  /** Why there is no test, "" if there is one. */
  why: string;
  is_singular: boolean;
  verdict: string;
  patterns: Pattern[];
  /** As it is written, "" without one. */
  prior: string;
  /** Whether criterion, AIC and BIC compare with those of the model shown. */
  compares: boolean;
}

export interface LadderView {
  rungs: Rung[];
  current: number;
  can_undo: boolean;
  can_redo: boolean;
  choice: Choice;
}

export interface Status {
  state: "idle" | "busy" | "error" | "cancelled" | "lost";
  request: number;
  message: string;
  hint: string;
}

export interface Command {
  number: number;
  action: "choose" | "undo" | "redo" | "goto" | "cancel";
  choice?: Choice;
  /** Show the fit, but keep no entry in the ladder: a control is still being moved. */
  draft?: boolean;
  key?: number;
}

/** One level of one grouping factor: what the pointer or the keyboard is on. */
export interface Spot {
  group: string;
  level: string;
}
