/** Many marks in one path each: the number of nodes does not grow with the number of levels. */

/** Places in pixels, one value for each mark. */
export interface Marks {
  low: number[];
  high: number[];
  x: number[];
  y: number[];
}

export const noMarks = (): Marks => ({ low: [], high: [], x: [], y: [] });

export const round = (value: number): number => Math.round(value * 10) / 10;

export function intervalPath(marks: Marks): string {
  let path = "";
  for (let i = 0; i < marks.y.length; i++) {
    path += `M${round(marks.low[i]!)} ${round(marks.y[i]!)}H${round(marks.high[i]!)}`;
  }
  return path;
}

/** Zero-length strokes, which a round line cap turns into dots. */
export function dotPath(marks: Marks): string {
  let path = "";
  for (let i = 0; i < marks.y.length; i++) path += `M${round(marks.x[i]!)} ${round(marks.y[i]!)}h.01`;
  return path;
}

/** A disc in a path of many. */
export function disc(x: number, y: number, r: number): string {
  const [arc, wide] = [round(r), round(2 * r)];
  return `M${round(x - r)} ${round(y)}a${arc} ${arc} 0 1 0 ${wide} 0a${arc} ${arc} 0 1 0 ${-wide} 0`;
}
