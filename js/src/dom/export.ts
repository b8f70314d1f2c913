/** Save and copy: text files, the plot as SVG or PNG, the clipboard. */
import { s } from "./element.ts";

/** What paints a mark; the style sheet says it in the page and is not there in a file. */
const PAINT = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-linecap",
  "stroke-dasharray",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "opacity",
];

/** A text as the stem of a file's name. */
export const fileName = (text: string): string => text.replace(/[^\w.-]+/g, "_");

export function download(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The clipboard, or a selected text area where the page may not use it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.cssText = "position:fixed;opacity:0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** The plot with every colour and font written out, so that the file does not need the page. */
export function standaloneSvg(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, i) => {
    writeOutPaint(element, originals[i]!);
  });
  for (const overlay of copy.querySelectorAll("[data-overlay]")) overlay.remove();
  const fill = getComputedStyle(svg.closest(".mw") ?? svg).backgroundColor || "#ffffff";
  copy.prepend(s("rect", { width: "100%", height: "100%", fill }));
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  for (const name of ["class", "style", "tabindex", "role"]) copy.removeAttribute(name);
  return new XMLSerializer().serializeToString(copy);
}

function writeOutPaint(element: Element, original: Element): void {
  const style = getComputedStyle(original);
  for (const property of PAINT) {
    const value = style.getPropertyValue(property);
    if (value) element.setAttribute(property, value);
  }
  element.removeAttribute("class");
}

export function saveSvg(svg: SVGSVGElement, name: string): void {
  download(`${name}.svg`, new Blob([standaloneSvg(svg)], { type: "image/svg+xml" }));
}

export async function savePng(svg: SVGSVGElement, name: string, zoom = 2): Promise<void> {
  const { width, height } = svg.viewBox.baseVal;
  const image = new Image(width, height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standaloneSvg(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * zoom;
  canvas.height = height * zoom;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser gives no canvas to draw the PNG on; save as SVG instead");
  context.scale(zoom, zoom);
  context.drawImage(image, 0, 0, width, height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob) download(`${name}.png`, blob);
}
