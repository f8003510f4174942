import { AwsError, unsupported } from "../awsError";
import { Cloud } from "../cloud";
import { numberOf } from "../ipv4";
import { DnsRecord, found, Properties } from "../world";
import { required, requireSame, ResourceType } from "./resource";

/** Address records of private zones, which the machines see in their hosts files. */
export function recordType({ world, machines }: Cloud): ResourceType {
    const outputs = ({ zoneId, name, type, inputs }: DnsRecord): Properties => ({
        fqdn: name,
        name,
        records: inputs.records,
        ttl: inputs.ttl,
        type,
        zoneId,
    });
    const refresh = () => machines.refreshNames(machines.hosts());
    return {
        properties: ["zoneId", "name", "type", "ttl", "records", "allowOverwrite"],
        async create(inputs) {
            const zone = found(world.zones, inputs.zoneId, "NoSuchHostedZone", "hosted zone");
            const name = required(inputs, "name").replace(/\.$/, "").toLowerCase();
            requireAddresses(inputs);
            if (name !== zone.domain && !name.endsWith(`.${zone.domain}`)) {
                const message = `RRSet with DNS name ${name}. is not permitted in zone ${zone.domain}.`;
                throw new AwsError("InvalidChangeBatch", message);
            }
            const id = `${zone.id}_${name}_A`;
            if (world.records.has(id) && inputs.allowOverwrite !== true) {
                const message = `Tried to create resource record set [name='${name}.', type='A'] but it already exists`;
                throw new AwsError("InvalidChangeBatch", message);
            }
            const record = { id, zoneId: zone.id, name, type: "A", inputs };
            world.records.set(id, record);
            await refresh();
            return { id, outputs: outputs(record) };
        },
        async read(id) {
            const record = world.records.get(id);
            return record && outputs(record);
        },
        async update(id, inputs, olds) {
            requireSame(inputs, olds, ["zoneId", "name", "type"]);
            requireAddresses(inputs);
            const record = found(world.records, id, "InvalidChangeBatch", "record");
            record.inputs = inputs;
            await refresh();
            return outputs(record);
        },
        async remove(id) {
            const was = world.records.delete(id);
            await refresh();
            return was;
        },
    };
}

function requireAddresses(inputs: Properties): void {
    if (inputs.type !== "A") {
        throw unsupported(`records of type ${String(inputs.type)}`);
    }
    const records = inputs.records as string[] | undefined;
    if (!Number.isInteger(inputs.ttl) || !records?.length || records.some((text) => numberOf(text) === undefined)) {
        throw new AwsError("InvalidInput", "an address record has a ttl and IPv4 addresses");
    }
}
