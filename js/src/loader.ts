/**
 * The module of every widget. A page keeps each module that it ever loaded, and each widget brings one, so this one is
 * small: it takes the bundle out of the first model that has it, once for the page.
 */
import { bundle, load, type Widget } from "./host/bundle.ts";

export default {
  async render(props: Parameters<Widget["render"]>[0]): Promise<(() => void) | undefined> {
    const widget = await bundle(String(props.model.get("script")));
    return props.signal?.aborted ? undefined : widget.render({ ...props, load });
  },
};
