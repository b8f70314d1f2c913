/** The script beside each saved twin. */
import { attend } from "./host/twin.ts";

const twin = document.currentScript?.closest<HTMLElement>(".mw-twin");
if (twin) attend(twin);
