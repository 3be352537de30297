import { readdirSync } from "node:fs";
import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import importX from "eslint-plugin-import-x";
import globals from "globals";

/** The rooms of assets/, the lowest first. A room imports from the lines above its own, and from none beside it. */
const ROOMS = [
  ["maths", "lesson_maths", "lessons", "streamlit"],
  ["data"],
  ["figures"],
  ["controls"],
  ["view", "lesson_figure", "matrix_table"],
  ["edits", "toy_figure", "heads_figure"],
  ["maps"],
  ["atlas", "compare", "explorer", "heads_atlas", "lesson"],
];
/** All other folders: pages and components, of which none imports another. */
const PAGES = readdirSync(`${import.meta.dirname}/assets`).filter((name) => !ROOMS.flat().includes(name));

/** The imports that each room must not have. */
const ZONES = [...ROOMS, PAGES].flatMap((rooms, at) =>
  rooms.map((room) => ({
    target: `./assets/${room}`,
    from: "./assets",
    except: [room, ...ROOMS.slice(0, at).flat()].map((lower) => `./${lower}`),
    message: "ROOMS in eslint.config.js says which rooms lie below.",
  })),
);

export default defineConfig([
  globalIgnores([".venv/", "test-artefacts/"]),
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error", "no-shadow": "error", "object-shorthand": "error" },
  },
  {
    files: ["assets/**/*.js"],
    languageOptions: { globals: globals.browser },
    plugins: { "import-x": importX },
    settings: { "import-x/resolver-next": [importX.createNodeResolver()] },
    rules: {
      "import-x/no-cycle": "error",
      "import-x/no-unresolved": "error",
      "import-x/no-restricted-paths": ["error", { zones: ZONES }],
    },
  },
  { files: ["tests/js/**/*.js", "*.js"], languageOptions: { globals: globals.node } },
]);
