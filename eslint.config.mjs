import js from "@eslint/js";
import globals from "globals";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["dist/", "coverage/", "node_modules/"] },
    js.configs.recommended,
    ...tseslint.configs.recommended,
    { languageOptions: { globals: globals.node } },
    { files: ["test/**/*.ts"], languageOptions: { globals: globals.mocha } },
    {
        files: ["lib/**/*.ts", "tools/**/*.mjs"],
        rules: { "max-lines": ["error", { max: 350, skipBlankLines: true, skipComments: true }] },
    },
);
