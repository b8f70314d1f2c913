/** What a click makes of a choice: pure functions, the old choice stays as it is. */
import type { Choice, FactorOption, FixedOption, Form, GroupChoice, PairChoice, PairOption } from "../types.ts";

export const groupOf = (choice: Choice, name: string): GroupChoice | undefined => choice.groups.find((group) => group.group === name);

export const isOn = (group: GroupChoice | undefined): boolean => group !== undefined && group.form !== "off";

function withGroup(choice: Choice, name: string, change: (group: GroupChoice) => GroupChoice): Choice {
  return { ...choice, groups: choice.groups.map((group) => (group.group === name ? change(group) : group)) };
}

/** Switching a fixed term on brings the terms that it contains; terms that contain it keep it on. */
export function toggleFixed(choice: Choice, options: FixedOption[], name: string): Choice {
  const on = new Set(choice.fixed);
  if (on.has(name)) on.delete(name);
  else for (const option of options) if (option.name === name || option.within.includes(name)) on.add(option.name);
  return { ...choice, fixed: options.map((option) => option.name).filter((option) => on.has(option)) };
}

/** Another form of a group's term; a form with slopes takes all allowed ones if none is chosen yet. */
export function setForm(choice: Choice, factor: FactorOption, form: Form): Choice {
  const offered = offeredSlopes(choice, factor).filter((slope) => slope.allowed).map((slope) => slope.name);
  return withGroup(choice, factor.name, (group) => {
    const slopes = form === "full" || form === "diagonal" ? group.slopes.filter((slope) => offered.includes(slope)) : group.slopes;
    const wanted = (form === "full" || form === "diagonal") && slopes.length === 0 ? offered : slopes;
    return { ...group, form, slopes: wanted, intercept: group.intercept || form === "intercept" || wanted.length === 0 };
  });
}

export function toggleSlope(choice: Choice, factor: FactorOption, slope: string): Choice {
  return withGroup(choice, factor.name, (group) => {
    const used = group.form === "full" || group.form === "diagonal";
    const now = used ? group.slopes : [];
    const slopes = now.includes(slope) ? now.filter((name) => name !== slope) : factor.slopes.map((option) => option.name).filter((name) => name === slope || now.includes(name));
    const form: Form = slopes.length > 0 ? (used ? group.form : "full") : group.intercept ? "intercept" : "off";
    return { ...group, form, slopes };
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
  return pair.groups.reduce(
    (next, name) =>
      withGroup(next, name, (group) => {
        if (!picked.groups.includes(name)) return { ...group, form: "off" };
        return isOn(group) ? group : { ...group, form: "intercept", intercept: true };
      }),
    choice,
  );
}

/** The choice of a pair that says what is in the model now. */
export function pairNow(choice: Choice, pair: PairOption): PairChoice | undefined {
  const on = pair.groups.filter((name) => isOn(groupOf(choice, name)));
  return pair.choices.find((candidate) => candidate.groups.length === on.length && candidate.groups.every((name) => on.includes(name)));
}

/** Slopes of terms that are in the fixed part, and those in use already. */
export function offeredSlopes(choice: Choice, factor: FactorOption): FactorOption["slopes"] {
  const used = groupOf(choice, factor.name)?.slopes ?? [];
  return factor.slopes.filter((slope) => choice.fixed.includes(slope.name) || used.includes(slope.name));
}

/** Why a fixed term cannot be switched now, "" if it can. */
export function whyFixedStays(choice: Choice, option: FixedOption): string {
  if (!option.allowed) return option.reason;
  const holder = choice.fixed.includes(option.name) ? option.within.find((name) => choice.fixed.includes(name)) : undefined;
  return holder ? `part of ${holder}` : "";
}
