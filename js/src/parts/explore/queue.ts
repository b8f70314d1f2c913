/**
 * Commands one after the other. A host that waits for the kernel keeps only the last value of a trait, and each of
 * these commands builds on the one before: the next one goes out when Python has answered the last.
 */
import type { Context } from "../../host/context.ts";
import type { Send } from "./controls.ts";

export function queued(context: Context): Send {
  const waiting: Parameters<Send>[0][] = [];
  let answered = context.status.request;
  let isOut = false;
  const next = (): void => {
    const command = isOut ? undefined : waiting.shift();
    if (!command) return;
    isOut = true;
    context.send(command);
  };
  context.on("status", () => {
    const { request, state } = context.status;
    if (state === "lost") waiting.length = 0;
    if (request <= answered && state !== "lost") return;
    answered = request;
    isOut = false;
    next();
  });
  return (command) => {
    waiting.push(command);
    next();
  };
}
