// The entry that `pulumi package get-schema` reads types from; programs get `dist/index.js`, built from the same files.
export * from "./lib/index";
