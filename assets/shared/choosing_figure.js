// A component that draws its data and reports what its reader chose: one view for each place in which it is mounted.

/** View: made of the element that `selector` finds; has show(data) and calls its own send(choice). */
export function choosingFigure(View, selector) {
  const views = new WeakMap();
  return ({ data, parentElement, setTriggerValue }) => {
    let view = views.get(parentElement);
    if (!view) {
      view = new View(parentElement.querySelector(selector));
      views.set(parentElement, view);
    }
    view.send = (choice) => setTriggerValue("choice", choice);
    if (data) view.show(data);
    return () => views.delete(parentElement);
  };
}
