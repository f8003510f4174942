import { Setting } from "./ensembleSpec";
import { show } from "./faults";
import { propertyInFlags } from "./jvm";
import { PORT } from "./portRange";
import { Section } from "./section";

const KEY = "secureClientPort";
const FACTORY = "serverCnxnFactory";
const NETTY = "org.apache.zookeeper.server.NettyServerCnxnFactory";

/**
 * The port for clients with TLS, which has no field and is a listener as any other: it must be a port, and needs the
 * factory that knows TLS, from zoo.cfg or from the flags. Whether it clashes is looked at with the other ports.
 */
export function resolveSecurePort(args: Section, config: Section, extra: readonly Setting[]): number | undefined {
    const given = extra.find(({ key }) => key === KEY)?.value;
    if (given === undefined) {
        return undefined;
    }
    const port = Number(given);
    if (!/^\d{1,5}$/.test(given) || port < PORT.min || port > PORT.max) {
        const fix = `give a whole number from ${PORT.min} to ${PORT.max}, or leave the key out`;
        config.fault(`extra.${KEY}`, `${show(given)} is not a port: ${fix}`);
        return undefined;
    }
    const factory =
        extra.find(({ key }) => key === FACTORY)?.value ?? propertyInFlags(args, `zookeeper.${FACTORY}`)?.value;
    if (factory === undefined || /NIOServerCnxnFactory$/.test(factory)) {
        const what = factory === undefined ? "ZooKeeper's usual factory of connections has no TLS" : "NIO has no TLS";
        config.fault(
            `extra.${KEY}`,
            `${given} is given, but ${what}, and servers would not start: add ${FACTORY}: "${NETTY}"`,
        );
    }
    return port;
}
