/** A picture that was saved as one image: here, where scripts run, its ink takes the page's colour and its dots speak. */

/** The tones of mixwidget/plots/style.py: the ink becomes the page's text colour, the others move towards it. */
const INK = "#767676";
const TONES = ["#2b7bc9", "#c4611b"];
const SHARE = "75%";
/** How near a pointer has to come to a dot, in pixels. */
const REACH = 14;
const TIP_STYLE =
  "position:absolute;z-index:9;pointer-events:none;padding:2px 7px;border-radius:4px;white-space:nowrap;" +
  "font:12px/1.4 system-ui,sans-serif;background:#1c2127;color:#fff;border:1px solid #767676";

type Dot = { x: number; y: number; text: string };

for (const box of document.querySelectorAll<HTMLElement>(".mw-picture")) {
  const image = box.querySelector<HTMLImageElement>(":scope > img");
  if (image) draw(box, image);
}

function draw(box: HTMLElement, image: HTMLImageElement): void {
  const bytes = Uint8Array.from(atob(image.src.split(",")[1] ?? ""), (letter) => letter.charCodeAt(0));
  const parsed = new DOMParser().parseFromString(inPageColours(new TextDecoder().decode(bytes)), "image/svg+xml");
  if (parsed.querySelector("parsererror")) return;
  const svg = document.importNode(parsed.documentElement, true) as unknown as SVGSVGElement;
  svg.style.cssText = "max-width:100%;height:auto;display:block;color:inherit";
  image.replaceWith(svg);
  speak(box, svg);
}

function inPageColours(text: string): string {
  const inked = text.replaceAll(INK, "currentColor");
  if (!CSS.supports("color", "color-mix(in srgb,red,currentColor)")) return inked;
  return TONES.reduce(
    (found, tone) => found.replaceAll(tone, `color-mix(in srgb,${tone} ${SHARE},currentColor)`),
    inked,
  );
}

/** Titles become tips that follow the pointer: the nearest dot's, else that of the shape below it. */
function speak(box: HTMLElement, svg: SVGSVGElement): void {
  const dots: Dot[] = [];
  const shapes = new Map<Element, string>();
  for (const title of svg.querySelectorAll("title")) {
    const shape = title.parentElement as Element;
    const lines = (title.textContent ?? "").split("\n");
    const places = [...(shape.getAttribute("d") ?? "").matchAll(/M(-?[\d.]+) ?(-?[\d.]+)h0/g)];
    if (places.length)
      dots.push(...places.map(([, x, y], i) => ({ x: Number(x), y: Number(y), text: lines[i] ?? "" })));
    else shapes.set(shape, lines.join(" "));
    title.remove();
  }
  const tip = document.createElement("div");
  tip.setAttribute("aria-hidden", "true");
  tip.style.cssText = TIP_STYLE;
  tip.hidden = true;
  box.style.position = "relative";
  box.append(tip);
  svg.addEventListener("pointerleave", () => {
    tip.hidden = true;
  });
  svg.addEventListener("pointermove", (event) => {
    const text = nearest(dots, svg, event) ?? shapes.get(event.target as Element);
    tip.hidden = !text;
    if (text) place(tip, box, event, text);
  });
}

function nearest(dots: Dot[], svg: SVGSVGElement, event: PointerEvent): string | null {
  const matrix = svg.getScreenCTM();
  if (!matrix) return null;
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  let found: Dot | null = null;
  let least = REACH / matrix.a;
  for (const dot of dots) {
    const distance = Math.hypot(dot.x - at.x, dot.y - at.y);
    if (distance < least) [found, least] = [dot, distance];
  }
  return found?.text ?? null;
}

/** Beside the pointer, on the side where there is room. */
function place(tip: HTMLElement, box: HTMLElement, event: PointerEvent, text: string): void {
  tip.textContent = text;
  const frame = box.getBoundingClientRect();
  const x = event.clientX - frame.left;
  const isLeft = x > frame.width - tip.offsetWidth - 16;
  tip.style.left = `${isLeft ? Math.max(0, x - tip.offsetWidth - 12) : x + 12}px`;
  tip.style.top = `${event.clientY - frame.top + 12}px`;
}
