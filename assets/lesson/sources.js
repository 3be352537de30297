// The sources of keys and values in lesson 2.
export const SOURCES = { self: "x itself", cross: "another set z" };
