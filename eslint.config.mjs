import js from "@eslint/js";
import globals from "globals";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["dist/", "coverage/", "node_modules/"] },
    js.configs.recommended,
    ...tseslint.configs.recommended,
    { languageOptions: { globals: globals.node } },
    { files: ["test/**/*.ts"], languageOptions: { globals: globals.mocha } },
    // Prettier breaks code; what it leaves long, such as texts, may be so.
    { rules: { "max-len": ["error", { code: 10_000, comments: 120, ignoreUrls: true }] } },
    {
        files: ["lib/**/*.ts", "test/**/*.ts", "tools/**/*.mjs"],
        // Tables of bad input, and what one simulated cloud is asked, one thing after another.
        ignores: ["test/unit/**/badInput.test.ts", "test/ec2/simulator.test.ts"],
        rules: { "max-lines": ["error", { max: 350, skipBlankLines: true, skipComments: true }] },
    },
);
