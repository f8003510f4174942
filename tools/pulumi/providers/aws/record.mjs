// aws:route53/record:Record
import { boolean, computed, number, replace, required, set, string } from "../shared/schema.mjs";
import { awsResource } from "./resource.mjs";
import { isGiven } from "./rules.mjs";

/** DNS knows neither capitals nor whether the last dot was written. */
const plainName = (name) => name.toLowerCase().replace(/\.$/, "");

export const record = awsResource({
    token: "aws:route53/record:Record",
    properties: {
        allowOverwrite: boolean(computed),
        name: string({ ...required, ...replace, equivalent: (one, other) => plainName(one) === plainName(other) }),
        records: set(string()),
        ttl: number({ least: 0, most: 2_147_483_647 }),
        type: string({ ...required, pattern: /^(A|AAAA|CNAME|TXT|SRV)$/ }),
        zoneId: string({ ...required, ...replace, pattern: /^\S{1,32}$/ }),
        fqdn: string({ output: true }),
    },
    words: {
        what: "Route 53 Record",
        service: "Route 53",
        calls: {
            create: "ChangeResourceRecordSets",
            read: "ListResourceRecordSets",
            update: "ChangeResourceRecordSets",
            delete: "ChangeResourceRecordSets",
        },
    },
    timeoutsSeconds: { create: 1800, update: 1800, delete: 1800 },
    rules: (inputs, refuse) => {
        for (const property of ["records", "ttl"].filter((name) => !isGiven(inputs[name]))) {
            refuse(property, `${property} is missing: "records" and "ttl" are required together`);
        }
    },
});
