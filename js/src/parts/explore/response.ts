/** The response, its family, and how it is fitted. */
import { select } from "../../dom/controls.ts";
import { type Child, h } from "../../dom/element.ts";
import type { ColumnView, DraftView, FrameView } from "../../types.ts";
import { chip, chips, refusals, type Send, segments } from "./controls.ts";

const LINEAR = "gaussian";

export function responses({ columns, trials }: FrameView, draft: DraftView, send: Send): Child[] {
  const plain = draft.response.replace(/^log\((.*)\)$/, "$1");
  const offered = columns.filter((column) => column.why_no_response === "");
  const refused = columns.filter((column) => column.why_no_response !== "");
  const choose = (value: string) => (): void => send({ action: "response", value: value === plain ? "" : value });
  const chipOf = ({ name, kind, text }: ColumnView): HTMLElement =>
    chip({ label: name, name: `response ${name}`, isOn: name === plain, title: `${kind}: ${text}`, act: choose(name) });
  const chosen = offered.find((column) => column.name === plain);
  return [
    chips(
      "Response",
      ...offered.map(chipOf),
      ...trials.map((name) =>
        chip({ label: name, isOn: name === plain, title: "Successes and failures", act: choose(name) }),
      ),
    ),
    chosen && h("p.mw-note", {}, `${chosen.kind}: ${chosen.text}`),
    draft.can_log &&
      chips(
        "Transformation of the response",
        chip({
          label: "log",
          name: "log of the response",
          isOn: plain !== draft.response,
          title: "The logarithm of the response",
          act: () => send({ action: "log_response" }),
        }),
      ),
    refusals(
      "Not offered",
      refused.map(({ name, why_no_response }) => [name, why_no_response]),
    ),
  ];
}

export function family(frame: FrameView, draft: DraftView, send: Send): Child[] {
  if (draft.response === "") return [];
  const now = draft.families.find(({ name }) => name === draft.family);
  const families = draft.families
    .filter(({ name, allowed }) => allowed || name === draft.family)
    .map(({ name, label }) => ({ value: name, label: `${label} (${name})` }));
  const isLinear = draft.family === LINEAR && draft.link === "identity";
  return [
    h(
      "div.mw-use-as",
      {},
      select("Family", "family", families, draft.family, (value) => send({ action: "family", value })),
    ),
    now?.reason && h("p.mw-note", {}, `${now.is_proposed ? "Proposed, since the response has " : ""}${now.reason}.`),
    ...(isLinear ? [criterion(draft, send)] : generalized(frame, draft, send)),
  ];
}

const criterion = ({ reml }: DraftView, send: Send): HTMLElement =>
  segments("Criterion", "", [
    { label: "REML", isOn: reml, act: () => send({ action: "criterion", value: "REML" }) },
    { label: "ML", isOn: !reml, act: () => send({ action: "criterion", value: "ML" }) },
  ]);

function generalized({ columns }: FrameView, draft: DraftView, send: Send): HTMLElement[] {
  const links = draft.links.map((name) => ({ value: name, label: name }));
  const counts = columns.filter(({ name, is_number }) => is_number && name !== draft.response);
  const weights = [{ value: "", label: "\u2013" }, ...counts.map(({ name }) => ({ value: name, label: name }))];
  return [
    h(
      "div.mw-use-as",
      {},
      select("Link", "link", links, draft.link, (value) => send({ action: "link", value })),
    ),
    h(
      "div.mw-use-as",
      {},
      select("Weights (trials)", "weights", weights, draft.weights, (value) => send({ action: "weights", value })),
    ),
  ];
}
