/** The list of findings. */
import { drawFinding } from "../../dom/finding.ts";
import type { Note } from "../../types.ts";

export const drawFindings = (found: Note[]): HTMLLIElement[] => found.map(drawFinding);
