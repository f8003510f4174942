import { ZooKeeperVersion } from "../zookeeper/version";
import { Setting } from "./ensembleSpec";
import { show } from "./faults";
import { propertyInFlags } from "./jvm";
import { Section } from "./section";

const KEY = "DigestAuthenticationProvider.digestAlg";
/** Java's algorithms that the member script can follow, in whatever case. */
const FOLLOWED = /^(MD5|SHA-?1|SHA|SHA-(224|256|384|512)|SHA-512\/(224|256)|SHA3-(224|256|384|512))$/i;
const SINCE_MINOR = 7;

/**
 * How servers hash passwords. The member script makes the digest of the super user's by it, so it must be one that it
 * knows, and one that ZooKeeper uses: older versions do not read the key.
 */
export function checkDigestAlgorithm(
    args: Section,
    config: Section,
    extra: readonly Setting[],
    version: ZooKeeperVersion,
): void {
    const given = extra.find(({ key }) => key === KEY)?.value;
    const flag = propertyInFlags(args, `zookeeper.${KEY}`);
    const fault = (value: string) =>
        version.minor < SINCE_MINOR
            ? `is not read by ZooKeeper ${version.text}, which hashes passwords by SHA1: leave it out`
            : FOLLOWED.test(value)
              ? undefined
              : `${show(value)} is no algorithm that the component can follow for the super user that changes the ` +
                `membership: give SHA-256, SHA-512, SHA3-256 or another of these families`;
    const [ofExtra, ofFlag] = [given, flag?.value].map((value) => (value === undefined ? undefined : fault(value)));
    if (ofExtra !== undefined) {
        config.fault(`extra.${KEY}`, ofExtra);
    }
    if (ofFlag !== undefined) {
        args.fault(flag!.path, ofFlag);
    }
}
