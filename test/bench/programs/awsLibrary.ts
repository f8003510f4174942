// What a user of the library writes. On paper, where no machine runs, an `up` has no gates.
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "zookeeper-ensemble";
import type { ResourceTransform } from "@pulumi/pulumi";

interface Parameters {
    readonly ensembles: Record<string, ZookeeperEnsembleArgs>;
    readonly withoutGates?: boolean;
}

const { ensembles, withoutGates } = JSON.parse(process.env.BENCH_PARAMETERS!) as Parameters;
const strip: ResourceTransform = ({ type, props, opts }) =>
    type === "pulumi:index:Stash" ? { props, opts: { ...opts, hooks: {} } } : undefined;
for (const [name, args] of Object.entries(ensembles)) {
    new ZookeeperEnsemble(name, args, withoutGates ? { transforms: [strip] } : {});
}
