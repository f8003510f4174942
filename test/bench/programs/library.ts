// What a user of the library writes. The parameters are the ensembles' arguments by their names.
import { ZookeeperEnsemble, ZookeeperEnsembleArgs } from "zookeeper-ensemble";

const ensembles = JSON.parse(process.env.BENCH_PARAMETERS!) as Record<string, ZookeeperEnsembleArgs>;
for (const [name, args] of Object.entries(ensembles)) {
    new ZookeeperEnsemble(name, args);
}
