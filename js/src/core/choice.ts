/** What a click makes of a choice: pure functions, the old choice stays as it is. */
import type { Choice, FactorOption, FixedOption, GroupChoice, PairChoice, PairOption, SlopeOption } from "../types.ts";

export type Form = GroupChoice["form"];

export const groupOf = (choice: Choice, name: string): GroupChoice | undefined =>
  choice.groups.find((group) => group.group === name);

export const isOn = (group: GroupChoice | undefined): boolean => group !== undefined && group.form !== "off";

export const hasSlopes = (form: Form | undefined): boolean => form === "full" || form === "diagonal";

/** Switching a fixed term on brings the terms that it contains; terms that contain it keep it on. */
export function toggleFixed(choice: Choice, options: FixedOption[], name: string): Choice {
  const on = new Set(choice.fixed);
  const parts = options.filter((option) => option.name === name || option.within.includes(name));
  if (on.has(name)) on.delete(name);
  else for (const part of parts) on.add(part.name);
  return { ...choice, fixed: options.map((option) => option.name).filter((option) => on.has(option)) };
}

/** Another form of a group's term; a form with slopes takes all allowed ones if none is chosen yet. */
export function setForm(choice: Choice, factor: FactorOption, form: Form): Choice {
  const offered = namesOf(offeredSlopes(choice, factor).filter((slope) => slope.allowed));
  return withGroup(choice, factor.name, (group) => {
    const kept = hasSlopes(form) ? group.slopes.filter((slope) => offered.includes(slope)) : group.slopes;
    const slopes = hasSlopes(form) && kept.length === 0 ? offered : kept;
    const intercept = group.intercept || form === "intercept" || slopes.length === 0;
    return { ...group, form, slopes, intercept };
  });
}

export function toggleSlope(choice: Choice, factor: FactorOption, slope: string): Choice {
  return withGroup(choice, factor.name, (group) => {
    const now = hasSlopes(group.form) ? group.slopes : [];
    const slopes = now.includes(slope)
      ? now.filter((name) => name !== slope)
      : namesOf(factor.slopes).filter((name) => name === slope || now.includes(name));
    return { ...group, form: formWith(slopes, group), slopes };
  });
}

export function toggleIntercept(choice: Choice, name: string): Choice {
  return withGroup(choice, name, (group) => {
    if (group.form === "off") return { ...group, form: "intercept", intercept: true };
    if (group.form === "intercept") return { ...group, form: "off" };
    return { ...group, intercept: !group.intercept };
  });
}

export function setPair(choice: Choice, pair: PairOption, picked: PairChoice): Choice {
  const switched = (group: GroupChoice): GroupChoice => {
    if (!picked.groups.includes(group.group)) return { ...group, form: "off" };
    return isOn(group) ? group : { ...group, form: "intercept", intercept: true };
  };
  return pair.groups.reduce((next, name) => withGroup(next, name, switched), choice);
}

/** Whether a choice leaves no random term, which is no mixed model. */
export const hasNoTerm = (choice: Choice): boolean => !choice.groups.some(isOn);

/** The choice of a pair that says what is in the model now. */
export function pairNow(choice: Choice, pair: PairOption): PairChoice | undefined {
  const on = pair.groups.filter((name) => isOn(groupOf(choice, name)));
  return pair.choices.find(({ groups }) => groups.length === on.length && groups.every((name) => on.includes(name)));
}

/** Slopes of terms that are in the fixed part, and those in use already. */
export function offeredSlopes(choice: Choice, factor: FactorOption): SlopeOption[] {
  const used = groupOf(choice, factor.name)?.slopes ?? [];
  return factor.slopes.filter((slope) => choice.fixed.includes(slope.name) || used.includes(slope.name));
}

/** Why a fixed term cannot be switched now, "" if it can. */
export function whyFixedStays(choice: Choice, option: FixedOption): string {
  if (!option.allowed) return option.reason;
  if (!choice.fixed.includes(option.name)) return "";
  const holder = option.within.find((name) => choice.fixed.includes(name));
  return holder ? `part of ${holder}` : "";
}

/** The form that stands for a group: without slopes `|` and `||` are an intercept. */
export function shownForm(choice: Choice, factor: FactorOption): Form {
  const group = groupOf(choice, factor.name);
  if (!group) return "off";
  return hasSlopes(group.form) && group.slopes.length === 0 ? "intercept" : group.form;
}

function withGroup(choice: Choice, name: string, change: (group: GroupChoice) => GroupChoice): Choice {
  return { ...choice, groups: choice.groups.map((group) => (group.group === name ? change(group) : group)) };
}

function formWith(slopes: string[], group: GroupChoice): Form {
  if (slopes.length > 0) return hasSlopes(group.form) ? group.form : "full";
  return group.intercept ? "intercept" : "off";
}

const namesOf = (options: { name: string }[]): string[] => options.map((option) => option.name);
