// Declarations as wide as those of Pulumi's own packages. `pulumi package get-schema` reads the arguments from lib/,
// and knows neither `readonly` lists nor their unions; programs in TypeScript read dist/, where `npm run build` writes
// these.

/**
 * The declaration of arguments, with lists that may be readonly, and fields that may be given as undefined: with
 * `exactOptionalPropertyTypes`, `config.getNumber("size")` is no `size?: number`.
 */
export function widened(declaration) {
    return declaration.replace(/^( +\w+)(\??): (.+);$/gm, (_, name, optional, type) => {
        const list = type.replace(/^(?!readonly )(.+\[\])$/, "readonly $1");
        const isWide = optional === "" || / \| undefined$/.test(list);
        return `${name}${optional}: ${list}${isWide ? "" : " | undefined"};`;
    });
}
