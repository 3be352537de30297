/** The event of the window that says whether a file is being dragged over the page. */
export const DRAGGED = "regard:dragged";
