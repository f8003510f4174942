import { AwsArgs } from "../../../args/aws";
import { isDeferred, show } from "../../../model/faults";
import { Neighbour } from "../../../model/neighbour";
import { Section } from "../../../model/section";
import { NO_ADDRESS } from "../../../model/servers";
import { AwsEnsembleSpec } from "./awsSpec";

type Own = Pick<AwsEnsembleSpec, "servers" | "aws" | "name">;

/** What two ensembles in one account and region cannot both have, told at the second one's arguments. */
export function checkAwsClashes(args: Section, own: Own, { spec, args: others }: Neighbour): void {
    const other = spec as AwsEnsembleSpec;
    const whose = `of "${other.name}", which this program has in the same region`;
    const [mine, theirs] = [(args.raw("aws") ?? {}) as Partial<AwsArgs>, others.aws!];
    if (own.aws.dns && other.aws.dns && own.name === other.name && own.aws.dns.domain === other.aws.dns.domain) {
        const isSame = mine.dns?.zoneId === theirs.dns?.zoneId;
        const shared = own.servers.find(({ id }) => other.servers.some((each) => each.id === id));
        if (isSame && shared) {
            const what = `server ${shared.id} would be ${own.name}-${shared.id}.${own.aws.dns.domain}, as that ${whose}`;
            args.fault("aws.dns.domain", `${what}: give another domain, or name the component otherwise`);
        }
    }
    const subnetOf = ({ servers, aws }: Own, given: Partial<AwsArgs>, index: number) =>
        aws.singleMachine || !servers[index] ? undefined : given.subnetIds?.[aws.subnetIndexes[index]!];
    own.servers.forEach(({ address }, index) => {
        const subnet = subnetOf(own, mine, index);
        const holder = other.servers.findIndex(
            (each, at) => each.address === address && subnetOf(other, theirs, at) === subnet,
        );
        if (address !== NO_ADDRESS && subnet !== undefined && holder >= 0) {
            const shown = isDeferred(subnet) ? "the same subnet" : show(subnet);
            const what = `${show(address)} in ${shown} is the address of server ${other.servers[holder]!.id} ${whose}`;
            args.fault(`servers[${index}].address`, `${what}: give another one`);
        }
    });
}
