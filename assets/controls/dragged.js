// What is told of a file that is dragged over the page.

/** The event of the window that says whether there is one. */
export const DRAGGED = "regard:dragged";
