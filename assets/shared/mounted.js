// A component of Streamlit's: one view for each place in which it is mounted.
import { find } from "./elements.js";

/**
 * What Streamlit calls a component with; `data` is what Python gave.
 *
 * @template Data
 * @typedef {object} Mount
 * @property {Data} [data]
 * @property {HTMLElement | ShadowRoot} parentElement
 * @property {(name: string, value: unknown) => void} setStateValue
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/**
 * @template Data
 * @typedef {object} View
 * @property {(data: Data) => void} show
 * @property {() => void} close
 */

/**
 * @template Data
 * @template {View<Data>} V
 * @param {new (root: HTMLElement) => V} Kind made of the element that `selector` finds
 * @param {string} selector
 * @param {(view: V, mount: Mount<Data>) => void} connect gives the view its way to Python, which is another one at every call
 */
export function mounted(Kind, selector, connect) {
  /** @type {WeakMap<Node, V>} */
  const views = new WeakMap();
  return (/** @type {Mount<Data>} */ mount) => {
    const { data, parentElement } = mount;
    const view = views.get(parentElement) ?? new Kind(find(parentElement, selector));
    views.set(parentElement, view);
    connect(view, mount);
    if (data) view.show(data);
    return () => {
      view.close();
      views.delete(parentElement);
    };
  };
}
