import { EnsembleSpec } from "../model/ensembleSpec";

const KEY = "DigestAuthenticationProvider.digestAlg";

/**
 * What prints the digest of its input as ZooKeeper is told to hash passwords: the line of zoo.cfg counts, else the last
 * flag. Nothing where that is SHA-1, as usual. What cannot be followed is a fault in the arguments.
 */
export function digestCommand({ config, jvm }: EnsembleSpec): string | undefined {
    const ofFile = config.zooCfg.find(({ key }) => key === KEY)?.value;
    const flag = jvm.flags.filter((each) => each.startsWith(`-Dzookeeper.${KEY}=`)).pop();
    const algorithm = (ofFile ?? flag?.slice(flag.indexOf("=") + 1))?.toUpperCase();
    if (algorithm === undefined || /^SHA-?1?$/.test(algorithm)) {
        return undefined;
    }
    // SHA-512/256 and SHA-3 are known to openssl only.
    const [, bits] = /^SHA-(\d+)$/.exec(algorithm) ?? [];
    return algorithm === "MD5"
        ? "md5sum"
        : bits !== undefined
          ? `sha${bits}sum`
          : `openssl dgst -r -${algorithm.toLowerCase().replace(/^sha-/, "sha").replace("/", "-")}`;
}
