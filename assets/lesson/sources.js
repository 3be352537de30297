// Where keys and values come from in lesson 2.
export const SOURCES = { self: "x itself", cross: "another set z" };
