/** What Python and the browser send each other. Written by `python -m tests.widgets.typescript`; change it there. */

/** A finding beside the numbers (see `mixwidget.errors.Diagnostic`). */
export interface Note {
  code: string;
  severity: string;
  message: string;
  hint: string;
}

/** One fixed effect; df and p are null where they were not asked for. */
export interface CoefficientRow {
  name: string;
  estimate: number | null;
  se: number | null;
  df: number | null;
  statistic: number | null;
  p: number | null;
}

/** One random effect. */
export interface VarCorrRow {
  /** Its column, e.g. `"(Intercept)"`. */
  name: string;
  /** In squared units of the response per unit of the column, and the root of it. */
  variance: number | null;
  /** In squared units of the response per unit of the column, and the root of it. */
  sd: number | null;
  /**
   * With the effects above it, those of its term or (in a `GroupRows`) of its grouping factor; null where the model
   * fixes it at zero, or where a standard deviation is zero.
   */
  correlations: (number | null)[];
}

/** The random effects of one grouping factor. */
export interface GroupRows {
  group: string;
  n_levels: number;
  /**
   * Its part of the variance of one observation, averaged over the rows: `mean(z'Gz)` over the sum of all such
   * parts and the residual variance. With random intercepts only this is the intraclass correlation. Of a
   * generalized model, the part of the variance of all random effects.
   */
  share: number;
  rows: VarCorrRow[];
}

/** The table of the variances. */
export interface RanefTableView {
  groups: GroupRows[];
  /**
   * Places in their groups of the effects that others are correlated with. Those that the model holds apart from
   * all others, as `||` does, need no column.
   */
  correlated: number[];
  /** null where there is no residual variance. */
  residual: VarCorrRow | null;
  /** The residual variance's part of the variance of one observation; null on a link scale, where it has none. */
  residual_share: number | null;
  /** What the shares are. */
  note: string;
}

/** The normal intervals of the conditional modes at one confidence level. */
export interface IntervalEnds {
  /** Little-endian float64, one value for each level. */
  low: DataView;
  /** Little-endian float64, one value for each level. */
  high: DataView;
}

/** The conditional modes of one term. */
export interface ModesColumn {
  name: string;
  /** The fixed effect of the same name, 0 if the model has none. */
  fixed: number;
  has_fixed: boolean;
  /** Whether all modes and their standard deviations are zero: the variance is estimated as zero. */
  is_zero: boolean;
  /** Little-endian float64, one value for each level: mode, conditional standard deviation, `fixed` plus mode. */
  mode: DataView;
  /** Little-endian float64, one value for each level: mode, conditional standard deviation, `fixed` plus mode. */
  sd: DataView;
  /** Little-endian float64, one value for each level: mode, conditional standard deviation, `fixed` plus mode. */
  coef: DataView;
  /** Of the modes, one for each confidence level that plots offer. */
  intervals: IntervalEnds[];
  /** Little-endian uint32: the positions of the levels by rank, largest mode first, ties as in the data. */
  order: DataView;
  /**
   * Intercept and slope of the line through the quartiles of a QQ plot, a mode over the normal quantile; `qqline`
   * in R.
   */
  line: [number, number];
}

/** The texts below the plot, where `{level}` and `{marks}` are yet to be put in. */
export interface PlotWords {
  modes: string;
  coef: string;
  qq: string;
  ridges: string;
}

/** The levels of one grouping factor. */
export interface ModesView {
  group: string;
  n_levels: number;
  columns: ModesColumn[];
  /** Little-endian float64: rows of each level. */
  size: DataView;
  /**
   * Little-endian float64: standard normal quantiles of the ranks, ascending, for a QQ plot; `qnorm(ppoints(n))` in
   * R.
   */
  quantile: DataView;
  /**
   * Unsigned bytes: heights of the conditional distributions at evenly spread places from mode - `reach` sd to mode
   * + `reach` sd, 255 at the top; one row for each level, or one that all share.
   */
  ridge: DataView;
  /** Of each row. */
  points: number;
  reach: number;
  words: PlotWords;
}

/** Code to take away, and the language it is for. */
export interface Snippet {
  label: string;
  text: string;
}

/** The fit that is shown. */
export interface FitView {
  formula: string;
  /** `"REML"`, `"ML"`, `"Laplace"`, `"AGQ 9"`. */
  method: string;
  /** Family and link of a generalized model, empty for a linear one. */
  family: string;
  /** What its linear predictor is the predictor of. */
  modelled: string;
  /** Of effects on the link scale, empty where that is the scale of the response. */
  unit: string;
  nobs: number;
  npar: number;
  criterion: number;
  loglik: number;
  aic: number;
  bic: number;
  /** null where there is no residual variance. */
  sigma: number | null;
  is_singular: boolean;
  findings: Note[];
  /** How long the fit took. */
  seconds: number;
  /** Without tests, which may come later. */
  fixed: CoefficientRow[];
  varcorr: RanefTableView;
  modes: ModesView[];
  /** The confidence levels that plots offer, in per cent. */
  intervals: string[];
  /** In a word or two. */
  verdict: string;
  /** The prior on the covariance matrices as it is written, empty without one. */
  prior: string;
  /** Tells the fits of one widget apart. */
  key: number;
  snippets: Snippet[];
}

/** The intervals of the fixed effects at one confidence level. */
export interface FixedEnds {
  /** One value for each fixed effect, in units of its estimate. */
  low: (number | null)[];
  /** One value for each fixed effect, in units of its estimate. */
  high: (number | null)[];
}

/** The exponentials of the fixed effects. */
export interface RatiosView {
  /** `"odds ratio"`. */
  name: string;
  /** Standard errors by the delta method; tests are those of the effects. */
  rows: CoefficientRow[];
  /** One for each confidence level that plots offer: the exponentials of those on the link scale. */
  intervals: FixedEnds[];
}

/** A way to intervals that can be chosen: its name, and what it is called. */
export interface MethodView {
  value: string;
  label: string;
}

/** Tests of the fixed effects of one fit: by Satterthwaite's method, normal ones of a generalized model. */
export interface FixedTestsView {
  /** The key of the fit. */
  of: number;
  /** "waiting" until somebody asks. */
  state: "waiting" | "computing" | "ready" | "failed";
  /** The fixed effects with df and p; empty unless `state` is "ready". */
  rows: CoefficientRow[];
  /** How the tests were made, what is still to come, or why there are none. */
  message: string;
  /** One for each confidence level that plots offer; by the normal distribution until `state` is "ready". */
  intervals: FixedEnds[];
  /** `"t value"` or `"z value"`. */
  statistic: string;
  /** Whether there are degrees of freedom. */
  has_df: boolean;
  /** Where exponentials of the effects have a meaning. */
  ratios: RatiosView | null;
  /** The one of `methods` that is asked for. */
  method: string;
  /** Those that a model of this kind has, the usual one first. */
  methods: MethodView[];
}

/** A fixed term that is in the model or may come into it. */
export interface FixedOption {
  name: string;
  allowed: boolean;
  reason: string;
  /** The interactions that contain it. */
  within: string[];
}

/** A slope that may vary by a grouping factor. */
export interface SlopeOption {
  /** The label of the fixed term. */
  name: string;
  /** Whether it varies within the levels. */
  allowed: boolean;
  /** Why not; or, if it is allowed, in how many levels it varies. */
  reason: string;
}

/** A grouping factor that is in the model or may come into it. */
export interface FactorOption {
  name: string;
  allowed: boolean;
  reason: string;
  n_levels: number;
  slopes: SlopeOption[];
  /** Its bar terms as they were typed where `|`, `||` and `1` do not say the same, else empty. */
  written: string;
}

/** One relation that a pair of factors can have in the model. */
export interface PairChoice {
  /** `"crossed"`, `"nested"`, `"nested_other"`, `"interaction"`. */
  name: string;
  /** In words. */
  label: string;
  allowed: boolean;
  /** Why not, if not. */
  reason: string;
  /** The grouping factors of the pair that are in the model then. */
  groups: string[];
}

/** A pair of grouping factors. */
export interface PairOption {
  a: string;
  b: string;
  /** Both and their interaction. */
  groups: string[];
  /** What the data say. */
  text: string;
  choices: PairChoice[];
}

/** What the structure picker offers. */
export interface StructureView {
  response: string;
  /** Whether there is a choice between REML and ML. */
  has_reml: boolean;
  fixed: FixedOption[];
  factors: FactorOption[];
  pairs: PairOption[];
}

/** A likelihood-ratio test; `against` is the key of the simpler model. */
export interface LrtView {
  stat: number;
  df: number;
  p: number;
  against: number;
  note: string;
}

/** Which (co)variances of a grouping factor the model estimates. */
export interface PatternView {
  /** In words. */
  text: string;
  /** 1 or 0, row by row. */
  cells: number[][];
}

/** One structure. */
export interface RungView {
  key: number;
  formula: string;
  method: string;
  npar: number;
  criterion: number;
  aic: number;
  bic: number;
  lrt: LrtView | null;
  /** Why there is no test, if `lrt` is null. */
  why: string;
  is_singular: boolean;
  /** In a word or two. */
  verdict: string;
  patterns: PatternView[];
  /** The prior on the covariance matrices as it is written, empty without one. */
  prior: string;
  /** Whether its criterion, AIC and BIC compare with those of the model shown; if not, fits by ML would. */
  compares: boolean;
}

/** The bar term of one grouping factor. */
export interface GroupChoice {
  group: string;
  /** `|`, `||`, `1`, the terms as they were typed, or no term. */
  form: "full" | "diagonal" | "intercept" | "written" | "off";
  intercept: boolean;
  /** Kept also where `form` does not use them, so that a click back finds them. */
  slopes: string[];
  /** The bar terms of a step that no form says; empty where the structure's own text is meant. */
  written: string;
}

/** The prior on the covariance matrices. */
export interface PriorChoice {
  /** "given" is the one that the first fit came with, where it is none of the others. */
  family: string;
  /** Of the Wishart prior; null asks for the least that makes the fit regular. */
  strength: number | null;
}

/** Fixed terms, criterion, one term for each grouping factor on offer, and the prior. */
export interface Choice {
  fixed: string[];
  reml: boolean;
  groups: GroupChoice[];
  prior: PriorChoice;
}

/** The structures that were visited. */
export interface LadderView {
  rungs: RungView[];
  /** The key of the one that is shown. */
  current: number;
  can_undo: boolean;
  can_redo: boolean;
  /** What is switched on in it. */
  choice: Choice;
}

/** A prior on the covariance matrices that the dial offers. */
export interface PriorFamily {
  name: string;
  label: string;
  title: string;
}

/** A strength that the dial can stand at; the stops are evenly spread. */
export interface PriorStop {
  strength: number;
  label: string;
}

/** One estimate without and with the prior. */
export interface MoveView {
  name: string;
  /** Without, with, change: that of a fixed effect in standard errors. */
  texts: [string, string, string];
  /** Places of the two values on a scale from 0 to 1; null where there is no value. */
  without: number | null;
  /** Places of the two values on a scale from 0 to 1; null where there is no value. */
  under: number | null;
}

/** What the dial shows. */
export interface PriorView {
  families: PriorFamily[];
  /** From no prior to blme's default. */
  stops: PriorStop[];
  /** The stop of the least Wishart prior that is enough; null where none is, or none is needed or known. */
  least: number | null;
  /** Whether it can be asked for. */
  has_least: boolean;
  /** Whether the structure is singular without a prior, as far as is known. */
  is_needed: boolean;
  /** What is known of it. */
  note: string;
  /** Empty without a prior. */
  moves: MoveView[];
  /** What the prior of the fit that is shown costs and moves. */
  sentence: string;
}

/** The fit that a name of the notebook holds, which need not be the one that is shown. */
export interface HeldView {
  name: string;
  formula: string;
  /** The key of the fit. */
  of: number;
  /** What else got it with the last click on "Use as ...". */
  also: string[];
}

/** What became of the commands. */
export interface Status {
  state: "idle" | "busy" | "error" | "cancelled" | "closed";
  /** The number of the last command that this answers. */
  request: number;
  message: string;
  /** What to do next. */
  hint: string;
}

/** What became of a picture that was asked for; its view, once it is ready, travels beside this. */
export interface Late {
  /** The key of the fit. */
  of: number;
  state: "computing" | "ready" | "failed";
  /** Why there is none, where it failed. */
  message: string;
  /** What was wanted of it. */
  options: Record<string, unknown>;
}

/** The means at one level of the second variable; one series without it. */
export interface EffectSeries {
  name: string;
  /** Little-endian float64: mean and ends of its interval, NaN where the data do not determine it. */
  y: DataView;
  /** Little-endian float64: mean and ends of its interval, NaN where the data do not determine it. */
  low: DataView;
  /** Little-endian float64: mean and ends of its interval, NaN where the data do not determine it. */
  high: DataView;
}

/** Marginal means along one variable of the fixed effects. */
export interface EffectsView {
  /** Those whose effect can be shown; empty if the model has an intercept alone. */
  variables: string[];
  /** The variable that is shown. */
  of: string;
  /** The variable at whose levels it is shown, empty for none. */
  by: string;
  /** Little-endian float64: the places along a covariate; empty for a factor. */
  x: DataView;
  /** Of a factor; empty for a covariate. */
  levels: string[];
  series: EffectSeries[];
  /** With units where the data have them. */
  x_title: string;
  /** With units where the data have them. */
  y_title: string;
  /** How the others were held, and what the intervals are. */
  notes: string[];
}

/** What one number means. */
export interface Explanation {
  /** Its name, which no other number of the summary has: `"Days"`, `"Days: p"`. */
  number: string;
  /** What it belongs to: a coefficient, a grouping factor, `"Residual"`, `"AIC"`. */
  of: string;
  /** The part of the summary: `"Fixed effects"`. */
  part: string;
  value: number | null;
  sentence: string;
}

/** The explanations in the order of the summary. */
export interface ExplanationsView {
  formula: string;
  explanations: Explanation[];
  /** In which order the parts of the summary are offered. */
  parts: string[];
}

/** The words of one axis. */
export interface EffectWords {
  /** The effect, and what stands at its axis. */
  name: string;
  /** The effect, and what stands at its axis. */
  title: string;
  /** Empty where none is known. */
  unit: string;
}

/** A grouping factor and its effects, of which two (or the only one) can be on the axes. */
export interface GroupEffects {
  group: string;
  effects: string[];
}

/** Numbers that are drawn. */
export interface Floats {
  /** Little-endian float32: seven digits. */
  float32: DataView;
}

/** Positions. */
export interface Integers {
  /** Little-endian int32. */
  int32: DataView;
}

/** Numbers of shape (1 + stops, d, levels) in units of the last printed decimal (grid_path.ts reads them). */
export interface GridPath {
  /** Of each of the d. */
  decimals: number[];
  /** The path of the same levels by another model, whose rows at a stop tell of those of this one. */
  beside: GridPath | null;
  /**
   * A row of them for each row of numbers: of one, of the rows beside, and of the 3 d rows before it, the latest
   * first.
   */
  weights: Floats;
  /**
   * The lowest, the middle and the highest byte of what is left, each of all numbers; 2 r stands for r, and -2 r -
   * 1 for what is negative.
   */
  uint8: DataView;
  /** The places of the numbers that there are not. */
  none: Integers;
}

/** Numbers of shape (stops, d, levels), in one of three ways. */
export interface PackedPath {
  /** Little-endian; empty where 16 bits are enough. */
  float32: DataView;
  /** Little-endian codes: a value is `low + step * code`, and the code 65,535 stands for none. */
  uint16: DataView;
  /** Little-endian float64, shape (stops, d); empty beside float32. */
  low: DataView;
  /** Little-endian float64, shape (stops, d); empty beside float32. */
  step: DataView;
  /** In a page that is one file, beside nothing else. */
  grid: GridPath | null;
}

/** How far, in standard deviations, the part of the Gaussian reaches that holds a share of the levels. */
export interface Contour {
  label: string;
  radius: number;
}

/** A level whose rows fit equally well anywhere on the line `a x + b y = c`, and the words beside it. */
export interface OpenLine {
  level: number;
  a: number;
  b: number;
  c: number;
  words: string;
  short: string;
}

/** The lines of the levels at each stop of the slider, as `LinesView` has them at the estimate. */
export interface LinePath {
  /** The predictor. */
  x: string;
  /** Lines, one for each level, and the places along x where they are known. */
  n_lines: number;
  /** Lines, one for each level, and the places along x where they are known. */
  n_places: number;
  /** What the effects of the levels are multiplied by, shape (2, lines, places). */
  by: Floats;
  /** What is added at each stop, shape (stops, 1, lines times places). */
  rest: PackedPath;
  /** By the fixed effects alone, shape (stops, places). */
  average: Floats;
}

/** The texts of the picture. */
export interface PoolingWords {
  /** A sentence for each stop of the slider. */
  stops: string[];
  /** What the estimate is, above the curve. */
  lowest: string;
  /** What the two ends of the slider are. */
  complete: string;
  /** What the two ends of the slider are. */
  none: string;
  /** How to read the picture, and what is special in this fit. */
  notes: string[];
}

/** The levels of one grouping factor in the plane of two effects (d = 2) or on the line of one (d = 1). */
export interface ShrinkageView {
  /** The factor, and what one of its levels is called. */
  group: string;
  /** The factor, and what one of its levels is called. */
  level_word: string;
  n_levels: number;
  n_stops: number;
  /** The stop of the slider at the estimate; the first is complete pooling, the last none. */
  middle: number;
  /** One for each axis. */
  effects: EffectWords[];
  /** What could be shown. */
  choices: GroupEffects[];
  /** `"REML"`, `"ML"`, `"Laplace"`: what is lowest at the estimate. */
  method: string;
  /** Little-endian float64: rows of each level. */
  size: DataView;
  /**
   * Little-endian float64, shape (d, levels): estimates without pooling; NaN where there are none. Empty beside the
   * grid of a path, which holds them.
   */
  own: DataView;
  /** Coefficients of the levels at each stop. */
  coef: PackedPath;
  /** Little-endian float64, shape (stops, d): the average level; NaN where there is none. */
  centre: DataView;
  /**
   * Little-endian float64, shape (stops, 3): lower triangle (11, 21, 22) whose product with its transpose is the
   * covariance matrix; for d = 1 the first is the standard deviation. NaN where the spread is unlimited.
   */
  spread: DataView;
  /** The widest first. */
  contours: Contour[];
  /** Little-endian float64, shape (stops,): the multiple of the estimated spread relative to sigma. */
  scale: DataView;
  /** Little-endian float64, shape (stops,): the criterion above that of the estimate; infinite where it has no end. */
  rise: DataView;
  /** Little-endian float64: the same for a smooth curve, over the place from 0 to 1 on the slider. */
  fine_place: DataView;
  /** Little-endian float64: the same for a smooth curve, over the place from 0 to 1 on the slider. */
  fine_rise: DataView;
  /** Least and largest value of each axis. */
  ranges: [number, number][];
  lines: OpenLine[];
  /** null of one effect, without a predictor, or where lines are too many to move. */
  line_path: LinePath | null;
  words: PoolingWords;
}

/** What is drawn: `y = intercept + slope x` with random intercepts and slopes of groups, and noise. */
export interface Settings {
  /** The response: a number, or 0 and 1 with this line as their log-odds. */
  family: string;
  n_groups: number;
  /** Rows of each group; their mean if they are not balanced. */
  n_rows: number;
  /** Otherwise some groups have a few rows and some have many. */
  is_balanced: boolean;
  /** The average line; x goes from -1 to 1 in each group. */
  intercept: number;
  /** The average line; x goes from -1 to 1 in each group. */
  slope: number;
  /** How groups differ from it. */
  sd_intercept: number;
  /** How groups differ from it. */
  sd_slope: number;
  /** How groups differ from it. */
  correlation: number;
  /** How rows differ from the line of their group; of no meaning for a binomial response. */
  sd_residual: number;
  /** By how many `sd_intercept` the first group lies off. */
  outlier: number;
  /** Groups come from two populations, apart by two `sd_intercept`, instead of one Gaussian of the same spread. */
  has_two_populations: boolean;
  /** How many times as large the residual standard deviation is in every second group. */
  residual_ratio: number;
  /** Whether groups have means of x of their own, along which their intercepts follow a trend of its own. */
  has_trend_between: boolean;
  /** That trend: the slope of the means of groups over their means of x. */
  between_slope: number;
}

/** A lesson. */
export interface Preset {
  /** As `playground` takes it, and as the list shows it. */
  name: string;
  /** As `playground` takes it, and as the list shows it. */
  label: string;
  /** What to look at. */
  look_at: string;
  settings: Settings;
}

/** A number of the settings, as a slider shows it. */
export interface Slider {
  name: string;
  label: string;
  low: number;
  high: number;
  step: number;
  /** The response that it is for; empty for both. */
  family: string;
  /** The switch without which it means nothing; empty without one. */
  needs: string;
}

/** A yes or no of the settings. */
export interface Switch {
  name: string;
  label: string;
}

/** One parameter over the samples. */
export interface ParameterRecord {
  name: string;
  /** null where the data have no such parameter. */
  truth: number | null;
  /** Estimates and ends of intervals, one a sample. */
  values: (number | null)[];
  /** Estimates and ends of intervals, one a sample. */
  lows: (number | null)[];
  /** Estimates and ends of intervals, one a sample. */
  highs: (number | null)[];
  mean: number | null;
  /** How many intervals held the truth, of how many. */
  n_held: number;
  /** How many intervals held the truth, of how many. */
  n_intervals: number;
  sentence: string;
}

/** The record. */
export interface RecordView {
  /** The model, the same for all samples. */
  formula: string;
  seeds: number[];
  parameters: ParameterRecord[];
}

/** What the page shows beside the fit. */
export interface PlaygroundView {
  /** Of the last wish that this answers. */
  number: number;
  state: "idle" | "drawing" | "failed";
  /** Why nothing was drawn, where it failed. */
  message: string;
  seed: number;
  /** The lesson; empty once a setting was changed. */
  preset: string;
  /** What to look at in it. */
  look_at: string;
  settings: Settings;
  presets: Preset[];
  sliders: Slider[];
  switches: Switch[];
  record: RecordView;
}

/** How a structure stands to a simpler one. */
export interface ComparedView {
  /** The key of the simpler one. */
  against: number;
  lrt: LrtView | null;
  /** Why there is no test, if `lrt` is null. */
  why: string;
}

/** One structure with all that is shown of its fit. */
export interface StoredFit {
  choice: Choice;
  fit_view: FitView;
  tests: FixedTestsView;
  /** Answers to questions for pictures, by the name of their trait; the first is that to the plain question. */
  pictures: Record<string, unknown>;
  /** As it stands alone in the ladder. */
  rung: RungView;
  /** How it stands to each simpler one; the first that was visited makes the test of the rung. */
  compared: ComparedView[];
  /** Why there is no test where no simpler one was visited. */
  why: string;
  /** The structures whose criterion compares with its own. */
  compares: number[];
}

/** What a handout holds in the place of a kernel; the key of a structure is its position in `fits`. */
export interface StoredView {
  fits: StoredFit[];
  /** The structures from many parameters to few, as in the ladder. */
  order: number[];
  /** Those that the ladder shows at first. */
  visited: number[];
  /** The steps so far, for undo and redo. */
  trail: number[];
  /** Position in `trail` of the one that is shown at first. */
  place: number;
  /** The names of all pictures that a page may ask for. */
  pictures: string[];
  /** What is said of a structure that is not in the file. */
  missing: string;
  /** What to do then. */
  hint: string;
  /** What is said of a picture that is not in the file. */
  no_picture: string;
}

/** A column of the data. */
export interface ColumnView {
  /** As a formula writes it, in backquotes where it needs them. */
  name: string;
  /** In a word or two: "numbers", "factor". */
  kind: string;
  /** What its values are. */
  text: string;
  n_levels: number;
  n_missing: number;
  /** Whether it can be transformed. */
  is_number: boolean;
  /** Empty where a click is allowed. */
  why_no_response: string;
  /** Empty where a click is allowed. */
  why_no_predictor: string;
}

/** A column that can be a grouping factor. */
export interface GroupView {
  /** As a formula writes it. */
  name: string;
  /** Whether it is proposed; "observation" is a level for each row, which only some families can use. */
  role: "proposed" | "possible" | "observation";
  n_levels: number;
  /** Levels and rows in each. */
  text: string;
  /** Why it is not proposed. */
  reason: string;
  /** How it stands to the others that are proposed. */
  relations: string[];
}

/** A data frame. */
export interface FrameView {
  /** Of the frame in the user's code. */
  name: string;
  n_rows: number;
  /** All of them; of many only the first are described. */
  n_columns: number;
  columns: ColumnView[];
  /** Those that are proposed first. */
  groups: GroupView[];
  /** Responses of successes and failures. */
  trials: string[];
}

/** One way to use a column. */
export interface TransformOption {
  label: string;
  /** What stands in the formula then; the second is a term of its own. */
  expressions: string[];
  allowed: boolean;
  reason: string;
}

/** A variable of the fixed terms. */
export interface AtomView {
  expression: string;
  /** The column that it is made of; empty for what the clicks keep as it is written. */
  column: string;
  /** Empty where there is no choice. */
  options: TransformOption[];
}

/** A term that can be switched. */
export interface TermOption {
  /** Its variables. */
  parts: string[];
  is_on: boolean;
  allowed: boolean;
  /** Why it cannot be switched on, or in how many levels it varies. */
  reason: string;
}

/** A bar term. */
export interface BarView {
  label: string;
  /** null where its grouping factor is no column or combination of columns. */
  n_levels: number | null;
  form: "full" | "diagonal" | "intercept";
  intercept: boolean;
  slopes: TermOption[];
}

/** Two grouping factors of the model, and the name of the relation that they have in it. */
export interface PairNow {
  option: PairOption;
  now: string;
}

/** A family. */
export interface FamilyOption {
  /** R's name. */
  name: string;
  /** In words. */
  label: string;
  /** The link that is proposed with it. */
  link: string;
  allowed: boolean;
  is_proposed: boolean;
  /** Why it is proposed, or why the response cannot have it. */
  reason: string;
}

/** Why a formula cannot be fitted; the place of it in the text, or 0 and 0. */
export interface Flaw {
  message: string;
  start: number;
  end: number;
}

/** The model as it is chosen. */
export interface DraftView {
  /** The number of the last command that this answers. */
  request: number;
  formula: string;
  /** Whether the formula stands as somebody typed it. */
  is_typed: boolean;
  response: string;
  /** Whether the logarithm of the response is on offer. */
  can_log: boolean;
  intercept: boolean;
  atoms: AtomView[];
  interactions: TermOption[];
  /** The columns that stand behind bars. */
  groups: string[];
  bars: BarView[];
  pairs: PairNow[];
  families: FamilyOption[];
  /** Of a generalized model; `"gaussian"` with `"identity"` is a linear one. */
  family: string;
  /** Of a generalized model; `"gaussian"` with `"identity"` is a linear one. */
  link: string;
  links: string[];
  /** Of a generalized model; `"gaussian"` with `"identity"` is a linear one. */
  weights: string;
  reml: boolean;
  /** What keeps it from being fitted. */
  flaw: Flaw | null;
  /** What the clicks cannot say. */
  notes: string[];
  snippets: Snippet[];
}

/** The findings about a model that is not fitted yet. */
export interface CheckView {
  /** The formula that they are about. */
  of: string;
  /** An error among them means that no fit is possible. */
  notes: Note[];
}

/** Where the choice of a model stands. */
export interface ExploreView {
  draft: DraftView;
  /** Of the last formula that was looked at. */
  check: CheckView | null;
  /** How many fits there were; the explorer of the last one is the widget in the trait `fitted`. */
  fits: number;
}

/** Two numbers of each line: the mean at the first place and the slope, or the means at both places. */
export interface LinePair {
  is_slope: boolean;
  places: [number, number];
  /** One pair for each line; NaN where there is none. */
  model: Floats;
  /** One pair for each line; NaN where there is none. */
  own: Floats;
}

/** The points that lines go through, level after level. */
export interface PointsView {
  /** Where the points of each level begin, and the end. */
  starts: Integers;
  x: Floats;
  y: Floats;
  /** The number of trials of a proportion; null where a point is a row. */
  size: Floats | null;
  /** -1 for none. */
  colour: Integers;
}

/** An order of the levels. */
export interface LineOrder {
  label: string;
  /** The positions of the levels, largest first. */
  ranked: Integers;
}

/** One kind of line, its name for three widths, and what it is. */
export interface LineKey {
  /** "own", "model", "pooled" or "average". */
  kind: string;
  short: string;
  middle: string;
  long: string;
  title: string;
}

/** The lines of the levels of a grouping factor. */
export interface LinesView {
  /** The grouping factor. */
  group: string;
  /** What one of its levels is called. */
  level_word: string;
  n_levels: number;
  /** The levels that are sent, as positions among all. */
  levels: Integers;
  /** The rows of each level that is sent. */
  size: Integers;
  /** The predictor, empty without one. */
  x: string;
  /** Of the axes. */
  x_title: string;
  /** Of the axes. */
  y_title: string;
  /** Empty where none is known. */
  x_unit: string;
  /** Empty where none is known. */
  y_unit: string;
  /** The levels of x where it is a factor; one without a predictor; none of a number. */
  categories: string[];
  x_range: [number, number];
  /** Of the points and of everybody together, which no change of the random effects moves. */
  y_range: [number, number];
  /** Of the mixed model's lines. */
  line_range: [number, number];
  /** The factor that colours, empty without one. */
  colour: string;
  /** Its levels. */
  colours: string[];
  /** The stops of the lines along x, between which they are straight. */
  places: Floats;
  /** The level of each line, as a position in `levels`; ascending. */
  line_level: Integers;
  /** The colour of each line, -1 for none. */
  line_colour: Integers;
  /** A row for each line; NaN where there is none. */
  model: Floats;
  /** A row for each line; NaN where there is none. */
  own: Floats;
  /** Least and largest x of the rows of each line. */
  reach: Floats;
  /** One row, or one for each colour. */
  pooled: Floats;
  /** One row, or one for each colour. */
  average: Floats;
  /** null where x is no number. */
  numbers: LinePair | null;
  points: PointsView;
  /** The first is the one to begin with; the last is that of the data. */
  orders: LineOrder[];
  /** Positions in `levels` in the order in which some are drawn to stand for all. */
  drawn: Integers;
  /** Of that order, and of the rows where not all are sent. */
  seed: number;
  /** The kinds of lines and their words. */
  keys: LineKey[];
  /** What is held, left out, or a sample. */
  notes: string[];
  /** What x, the grouping factor and the colour can be. */
  predictors: string[];
  /** What x, the grouping factor and the colour can be. */
  groups: string[];
  /** What x, the grouping factor and the colour can be. */
  colour_choices: string[];
}

/** What the browser asks for. */
export interface Command {
  /** Counts the commands; a status answers by this number. */
  number: number;
  action: "choose" | "undo" | "redo" | "goto" | "cancel" | "hold";
  /** What to fit, for "choose". */
  choice?: Choice | null;
  /** Show the fit, but keep no entry in the ladder: a control is still being moved. */
  draft?: boolean;
  /** Where to, for "goto". */
  key?: number | null;
}

/** The browser's question for what takes long, or is seldom looked at. */
export interface Asked {
  /** `"tests"`, the name of a picture, or `"pictures"`, the script that draws them. */
  what: string;
  /** The key of the fit. */
  of: number;
  /** When, so that the same question can be asked twice. */
  at: number;
  /** What is wanted of a picture. */
  options: Record<string, unknown>;
}

/** What the page wants: other settings, a lesson, other samples, an empty record. */
export interface Wanted {
  /** Counts the wishes. */
  number: number;
  /** A lesson; its settings come first, then those that are given. */
  preset?: string;
  /** Those that change. */
  settings?: Record<string, unknown> | null;
  /** Of the first sample; null for the one after the last. */
  seed?: number | null;
  /** How many samples to draw, with seeds that count up; 0 draws none. */
  n_samples?: number;
  /** Begin the record anew. */
  forget?: boolean;
}

/** What the browser asks of the widget that chooses a model. */
export interface ExploreCommand {
  /** Counts the commands; draft and status answer by this number. */
  number: number;
  action:
    | "response"
    | "log_response"
    | "predictor"
    | "transform"
    | "interaction"
    | "intercept"
    | "group"
    | "form"
    | "slope"
    | "bar_intercept"
    | "pair"
    | "family"
    | "link"
    | "weights"
    | "criterion"
    | "write"
    | "fit"
    | "cancel";
  /** A response, a column, a family, a text: what the action is about. */
  value?: string;
  /** The variables of a term, the two factors of a pair, what a variable becomes. */
  parts?: string[];
  /** The place of a bar term. */
  bar?: number;
}
