/** Elements in one expression. */

type Value = string | number | boolean | null | undefined | EventListener;
export type Attributes = Record<string, Value>;
/** Short names of attributes, for the bundle: see build.mjs. */
const LONG: Record<string, string> = { mw: "class", say: "aria-label" };
export type Child = Node | string | null | undefined | false;

const SVG = "http://www.w3.org/2000/svg";

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [short, given] of Object.entries(attributes)) {
    const name = LONG[short] ?? short;
    const value = short === "mw" ? `mw-${given}` : given;
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

const FOCUSABLE = new Set(["button", "input", "select", "summary"]);

/** JupyterLab takes arrows and letters for itself unless the element that has the focus says no; its parents are not asked. */
export const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const own = FOCUSABLE.has(tag) || "tabindex" in attributes ? OWN_KEYS : {};
  return fill(document.createElement(tag), { ...own, ...attributes }, children);
}

export const s = <K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): SVGElementTagNameMap[K] =>
  fill(document.createElementNS(SVG, tag), attributes, children);

let counter = 0;

/** An id that is unique in the page, also with several copies of this bundle. */
export const uniqueId = (stem: string): string => `mw-${stem}-${(counter++).toString(36)}-${Math.random().toString(36).slice(2, 7)}`;
