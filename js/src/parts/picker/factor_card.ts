/** The card of a grouping factor: the form of its term, and the chips of what varies by it. */

import {
  type Form,
  groupOf,
  hasNoTerm,
  hasSlopes,
  isOn,
  offeredSlopes,
  setForm,
  shownForm,
  toggleIntercept,
  toggleSlope,
} from "../../core/choice.ts";
import { count } from "../../core/format.ts";
import { group, radios } from "../../dom/controls.ts";
import { h, uniqueId } from "../../dom/element.ts";
import type { Choice, FactorOption, SlopeOption } from "../../types.ts";
import { type Control, chip, elements, joined, type Moves, type Next, radio, type State } from "./controls.ts";
import { formWords } from "./words.ts";

interface FormOption {
  form: Form;
  sign: string;
  label: string;
}

const FULL: FormOption = { form: "full", sign: "|", label: "full" };
const DIAGONAL: FormOption = { form: "diagonal", sign: "||", label: "diagonal" };
const INTERCEPT: FormOption = { form: "intercept", sign: "1", label: "intercept" };
const WRITTEN: FormOption = { form: "written", sign: "\u2026", label: "as written" };
const OFF: FormOption = { form: "off", sign: "\u2013", label: "none" };

const ONLY = "the only grouping factor of the model";

export function factorCard(factor: FactorOption, moves: Moves): Control {
  const { name, n_levels, written } = factor;
  const forms = formRadios(factor, moves);
  const chips = [interceptChip(factor, moves), ...factor.slopes.map((slope) => slopeChip(factor, slope, moves))];
  const why = reasons(factor);
  const says = sentence(factor);
  const levels = h("span.mw-quiet mw-small", {}, `${count(n_levels)} levels`);
  const el = h(
    "fieldset.mw-card",
    { "data-factor": name },
    h("legend", {}, h("span", {}, name), " ", levels),
    radios("mw-forms", `Covariance of ${name}`, ...elements(forms)),
    says.el,
    h("p.mw-says", { "data-says": name }),
    group("div.mw-chips", `Terms that vary by ${name}`, ...elements(chips)),
    written && h("code.mw-written", {}, written),
    why.el,
  );
  return joined(el, [...forms, ...chips, says, why]);
}

function formRadios(factor: FactorOption, moves: Moves): Control[] {
  const group = uniqueId("form");
  const options = [FULL, DIAGONAL, INTERCEPT, ...(factor.written ? [WRITTEN] : []), OFF];
  return options.map(({ form, sign, label }) =>
    radio(
      {
        owner: factor.name,
        group,
        label,
        sign,
        next: (choice) => setForm(choice, factor, form),
        state: (choice) => ({ isOn: shownForm(choice, factor) === form, why: whyNotForm(choice, factor, form) }),
      },
      moves,
    ),
  );
}

function whyNotForm(choice: Choice, factor: FactorOption, form: Form): string {
  if (form === "off") return whyItStays(setForm(choice, factor, form));
  if (!factor.allowed) return factor.reason;
  return hasSlopes(form) ? whyNoSlope(choice, factor) : "";
}

/** Why a click that leads to a choice takes nothing out, "" if it may. */
const whyItStays = (next: Choice): string => (hasNoTerm(next) ? ONLY : "");

/** Why there can be no slope, "" if there can. */
function whyNoSlope(choice: Choice, factor: FactorOption): string {
  const canVary = offeredSlopes(choice, factor).some((slope) => slope.allowed);
  return canVary ? "" : `no fixed term varies within the levels of ${factor.name}`;
}

function interceptChip(factor: FactorOption, moves: Moves): Control {
  const state = (choice: Choice): State => {
    const group = groupOf(choice, factor.name);
    const hasIntercept = group !== undefined && isOn(group) && group.intercept && group.form !== "written";
    const why = isOn(group) || factor.allowed ? whyItStays(toggleIntercept(choice, factor.name)) : factor.reason;
    return { isOn: hasIntercept, why };
  };
  const next: Next = (choice) => toggleIntercept(choice, factor.name);
  return chip({ label: "1", name: `intercept for ${factor.name}`, next, state }, moves);
}

function slopeChip(factor: FactorOption, slope: SlopeOption, moves: Moves): Control {
  const state = (choice: Choice): State => {
    const group = groupOf(choice, factor.name);
    const isUsed = group !== undefined && hasSlopes(group.form) && group.slopes.includes(slope.name);
    const stays = whyItStays(toggleSlope(choice, factor, slope.name));
    const why = factor.allowed || isOn(group) ? stays : factor.reason;
    const isHidden = !offeredSlopes(choice, factor).includes(slope);
    return { isOn: isUsed, why: slope.allowed ? why : slope.reason, isHidden };
  };
  const next: Next = (choice) => toggleSlope(choice, factor, slope.name);
  return chip({ label: slope.name, name: `slope of ${slope.name} for ${factor.name}`, next, state }, moves);
}

/** The chosen form in a few words. */
function sentence(factor: FactorOption): Control {
  const el = h("p.mw-note mw-form-says");
  const update = (choice: Choice): void => {
    el.textContent = formWords(groupOf(choice, factor.name), shownForm(choice, factor));
  };
  return { el, update };
}

/** What the data do not allow, and why. */
function reasons(factor: FactorOption): Control {
  const el = h("p.mw-reason");
  const update = (choice: Choice): void => {
    const blocked = offeredSlopes(choice, factor).filter((slope) => !slope.allowed);
    const none = whyNoSlope(choice, factor);
    const ofSlopes = blocked.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
    const text = ofSlopes || (none && `| and || need a slope, but ${none}`);
    const stays = whyNotForm(choice, factor, "off") && `none: ${ONLY}`;
    el.textContent = [factor.allowed ? text : factor.reason, stays].filter(Boolean).join("; ");
    el.classList.toggle("mw-quiet", factor.allowed && blocked.length === 0);
    el.hidden = el.textContent === "";
  };
  return { el, update };
}
