/** Light or dark: what the front end says, else what the browser prefers. */

export type Theme = "light" | "dark";

const ATTRIBUTES = ["data-jp-theme-light", "data-vscode-theme-kind", "data-theme", "class"];

function fromElement(element: Element): Theme | null {
  const jupyter = element.getAttribute("data-jp-theme-light");
  if (jupyter) return jupyter === "true" ? "light" : "dark";
  const code = element.getAttribute("data-vscode-theme-kind");
  if (code) return code.includes("light") ? "light" : "dark";
  const named = element.getAttribute("data-theme") ?? "";
  if (named === "light" || named === "dark") return named;
  if (element.classList.contains("quarto-dark") || element.classList.contains("dark")) return "dark";
  if (element.classList.contains("quarto-light") || element.classList.contains("light")) return "light";
  return null;
}

/** The page's own document and those around it that may be read. */
function documents(): Document[] {
  const found: Document[] = [];
  let frame: Window = window;
  for (let depth = 0; depth < 5; depth++) {
    try {
      found.push(frame.document);
      if (frame.parent === frame) break;
      frame = frame.parent;
    } catch {
      break;
    }
  }
  return found;
}

export function pageTheme(): Theme {
  for (const page of documents()) {
    const theme = (page.body && fromElement(page.body)) ?? fromElement(page.documentElement);
    if (theme) return theme;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Keeps `data-mw-theme` of the element up to date; what is wanted wins over the page, unless it is "auto". */
export function followTheme(element: HTMLElement, wanted: () => string): { apply: () => void; stop: () => void } {
  const apply = (): void => {
    const theme = wanted();
    element.dataset.mwTheme = theme === "light" || theme === "dark" ? theme : pageTheme();
  };
  const observer = new MutationObserver(apply);
  for (const page of documents()) {
    for (const target of [page.body, page.documentElement]) {
      if (target) observer.observe(target, { attributes: true, attributeFilter: ATTRIBUTES });
    }
  }
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", apply);
  apply();
  return {
    apply,
    stop: () => {
      observer.disconnect();
      media.removeEventListener("change", apply);
    },
  };
}
