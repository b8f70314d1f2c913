/** Elements in one expression. */

type Value = string | number | boolean | null | undefined | EventListener;
export type Attributes = Record<string, Value>;
export type Child = Node | string | null | undefined | false;

const SVG = "http://www.w3.org/2000/svg";

/** A tag, or a tag and its classes: `div`, `div.mw-row mw-quiet`. */
type Name<K extends string> = K | `${K}.${string}`;

/**
 * An HTML element; functions become listeners (`onclick`), true an empty attribute, false and null none.
 * The classes that it always has stand behind its tag.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: Name<K>,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const [tag, classes] = name.split(".") as [K, string?];
  return fill(document.createElement(tag), classes, attributes, children);
}

/** An SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  name: Name<K>,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const [tag, classes] = name.split(".") as [K, string?];
  return fill(document.createElementNS(SVG, tag), classes, attributes, children);
}

function fill<E extends Element>(
  element: E,
  classes: string | undefined,
  attributes: Attributes,
  children: Child[],
): E {
  if (classes) element.setAttribute("class", classes);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

let counter = 0;

/** An id that is unique in the page, also with several copies of this bundle. */
export function uniqueId(stem: string): string {
  counter += 1;
  return `mw-${stem}-${counter.toString(36)}-${Math.random().toString(36).slice(2, 7)}`;
}
