/** Paper: white ground whatever the screen has. */
export function readyForPrint(): void {
  const { dataset } = document.documentElement;
  let before: string | undefined;
  addEventListener("beforeprint", () => {
    before = dataset.theme;
    dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    if (before === undefined) delete dataset.theme;
    else dataset.theme = before;
  });
}
