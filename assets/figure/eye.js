// The eye under a weight, open where the query may look at the key, closed where a mask forbids it. Its middle is at (0, 0).

export const OPEN_EYE = "M-8 0Q0 -9 8 0Q0 9 -8 0ZM-2.4 0a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0 -4.8 0";
export const CLOSED_EYE = "M-8 -2Q0 7 8 -2M-5.4 0.8L-7.6 3.6M0 2.6V6M5.4 0.8L7.6 3.6";
/** The width in which the two are drawn. */
export const EYE_PX = 18;
