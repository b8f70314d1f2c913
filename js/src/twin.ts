/** The script beside each saved twin. */
import { wake } from "./host/twin.ts";

const twin = document.currentScript?.closest<HTMLElement>(".mw-twin");
// a page that forbids scripts of its own keeps the tables and pictures
if (twin) wake(twin).catch((error: unknown) => console.error("mixwidget: the saved widget stays a picture:", error));
