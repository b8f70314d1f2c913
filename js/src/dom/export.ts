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

/** What a picture says by itself once it stands in a talk. */
export interface Lettering {
  title: string;
  caption: string;
}

/** Sizes of the lettering in pixels: of a line, and of a character on average. */
const TITLE = { size: 13, line: 19, character: 7.9 };
const CAPTION = { size: 11, line: 15, character: 5.9 };
const MARGIN = 6;

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

/** The plot under its title and over its caption, every colour and font written out: the file does not need the page. */
export function standaloneSvg(svg: SVGSVGElement, { title, caption }: Lettering): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, i) => {
    writeOutPaint(element, originals[i]!);
  });
  for (const overlay of copy.querySelectorAll("[data-overlay]")) overlay.remove();
  const { backgroundColor, color } = getComputedStyle(svg.closest(".mw") ?? svg);
  const { width, height } = svg.viewBox.baseVal;
  const above = lettered(title, width, TITLE, { fill: color, "font-weight": 600, "font-family": "monospace" });
  const below = lettered(caption, width, CAPTION, { fill: color, "font-family": "sans-serif" });
  const plot = s("g", { transform: `translate(0 ${above.height})` }, ...copy.childNodes);
  below.el.setAttribute("transform", `translate(0 ${above.height + height})`);
  const ground = s("rect", { width: "100%", height: "100%", fill: backgroundColor || "#ffffff" });
  copy.replaceChildren(s("title", {}, title), ground, above.el, plot, below.el);
  const tall = above.height + height + below.height;
  const size = { xmlns: "http://www.w3.org/2000/svg", width, height: tall, viewBox: `0 0 ${width} ${tall}` };
  for (const [name, value] of Object.entries(size)) copy.setAttribute(name, String(value));
  for (const name of ["class", "style", "tabindex", "role"]) copy.removeAttribute(name);
  return new XMLSerializer().serializeToString(copy);
}

/** A text in lines that fit into a width. */
function lettered(
  text: string,
  width: number,
  { size, line, character }: typeof TITLE,
  paint: Record<string, string | number>,
): { el: SVGGElement; height: number } {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length * character > width - 2 * MARGIN) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  const texts = lines.map((content, i) => s("text", { x: MARGIN, y: (i + 1) * line }, content));
  return { el: s("g", { "font-size": size, ...paint }, ...texts), height: lines.length * line + MARGIN };
}

function writeOutPaint(element: Element, original: Element): void {
  const style = getComputedStyle(original);
  for (const property of PAINT) {
    const value = style.getPropertyValue(property);
    if (value) element.setAttribute(property, value);
  }
  element.removeAttribute("class");
}

export function saveSvg(svg: SVGSVGElement, name: string, lettering: Lettering): void {
  download(`${name}.svg`, new Blob([standaloneSvg(svg, lettering)], { type: "image/svg+xml" }));
}

export async function savePng(svg: SVGSVGElement, name: string, lettering: Lettering, zoom = 2): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standaloneSvg(svg, lettering))}`;
  await image.decode();
  const { naturalWidth: width, naturalHeight: height } = image;
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
