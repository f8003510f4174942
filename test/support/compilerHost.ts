import ts from "typescript";

/** The compiler's usual view of the disk, with these files as if they were on it. */
export function hostWith(files: ReadonlyMap<string, string>, options: ts.CompilerOptions): ts.CompilerHost {
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile, getSourceFile } = host;
    host.fileExists = (file) => files.has(file) || fileExists(file);
    host.readFile = (file) => files.get(file) ?? readFile(file);
    host.getSourceFile = (file, version, ...rest) => {
        const text = files.get(file);
        return text === undefined
            ? getSourceFile(file, version, ...rest)
            : ts.createSourceFile(file, text, version, true);
    };
    return host;
}
